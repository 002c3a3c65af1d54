from palaver.community.models.community import Community
from palaver.community.models.house_page import HousePage
from palaver.community.models.inquiry import Inquiry

__all__ = ["Community", "HousePage", "Inquiry"]
