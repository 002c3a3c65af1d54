"""The nouns of delivery, one per file."""

from palaver.delivery.models.endpoint import Endpoint
from palaver.delivery.models.mail import Mail
from palaver.delivery.models.push import Push

__all__ = ["Endpoint", "Mail", "Push"]
