from palaver.accounts.models.member import Member
from palaver.accounts.models.rename import Rename
from palaver.accounts.models.session import Session
from palaver.accounts.models.suspension import Suspension

__all__ = ["Member", "Rename", "Session", "Suspension"]
