"""The nouns of delivery, one per file."""

from palaver.delivery.models.mail import Mail

__all__ = ["Mail"]
