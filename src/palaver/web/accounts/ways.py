"""The ways to become a member, in words: for the set-up, the desk and the sign-up page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.community.models import Community

SignUp = Community.SignUp


def all_ways() -> tuple[tuple[str, str, str], ...]:
    """Value, name and meaning of each way."""
    return (
        (SignUp.OPEN.value, _("Open"), _("Anybody may become a member.")),
        (SignUp.APPROVAL.value, _("By approval"), _("People answer a question; operators let them in.")),
        (SignUp.INVITATION.value, _("By invitation"), _("People join by a link that a member has given them.")),
        (SignUp.CLOSED.value, _("Closed"), _("Nobody can join for now.")),
    )
