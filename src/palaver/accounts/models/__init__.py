from palaver.accounts.models.application import Application
from palaver.accounts.models.avoidance import Avoidance
from palaver.accounts.models.invitation import Acceptance, Invitation
from palaver.accounts.models.member import Member
from palaver.accounts.models.network import Network
from palaver.accounts.models.rename import Rename
from palaver.accounts.models.session import Session
from palaver.accounts.models.suspension import Suspension

__all__ = [
    "Acceptance",
    "Application",
    "Avoidance",
    "Invitation",
    "Member",
    "Network",
    "Rename",
    "Session",
    "Suspension",
]
