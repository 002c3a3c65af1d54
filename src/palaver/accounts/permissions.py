"""Who may act at all: a member who has not left and whose suspension, if any, has lapsed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.reads import is_suspended
from palaver.kit.decisions import YES, Decision, no


def may_speak(member: Member | None) -> Decision:
    """Posting and holding office: not for guests, leavers or the suspended (page 3, Consequences)."""
    if member is None:
        return no(_("Only members write here. Sign in, or create an account – it takes a minute."))
    if not member.is_active:
        return no(_("This account has been closed."))
    suspension = member.running_suspension() if is_suspended(member.pk) else None
    if suspension is not None:
        return no(
            _("Your account is suspended until %(until)s: %(because)s You can read and recommend meanwhile.")
            % {
                "until": suspension.until.strftime("%Y-%m-%d %H:%M UTC"),
                "because": suspension.because.rstrip(".") + ".",
            }
        )
    return YES


def may_act(member: Member | None) -> Decision:
    """Acts that stay open to the suspended: recommending, marking, settings."""
    if member is None:
        return no(_("Sign in first, so that we know whose act this is."))
    if not member.is_active:
        return no(_("This account has been closed."))
    return YES


def may_operate(member: Member | None) -> Decision:
    """The operators' desk and its acts."""
    if member is None or not member.is_active or not member.is_operator:
        return no(_("This page is for the operators of this installation."))
    return YES
