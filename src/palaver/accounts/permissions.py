"""Who may act at all: a member who has not left and whose suspension, if any, has lapsed."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.reads import is_suspended
from palaver.community.models import Community
from palaver.community.reads import about
from palaver.kit import clock
from palaver.kit.decisions import YES, Decision, no

SETTLED_AFTER = timedelta(days=7)
SETTLED_POSTS = 5
"""When a member is at home here and may bring others."""


def may_speak(member: Member | None) -> Decision:
    """Posting and holding office: not for guests, leavers or the suspended (page 3, Consequences)."""
    if member is None:
        return no(_("Only members write here. Sign in, or create an account – it takes a minute."))
    if not member.is_active:
        return no(_("This account has been closed."))
    suspension = member.running_suspension() if is_suspended(member.pk) else None
    if suspension is not None:
        return no(
            _(
                "Your account is suspended until %(until)s: %(because)s You can read, recommend, alert and appeal meanwhile;"
                " see “My appeals”."
            )
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


def may_invite(member: Member | None) -> Decision:
    """Making invitations: operators always; members where the community lets them, once they are at home here."""
    speaking = may_speak(member)
    if not speaking or member is None:
        return speaking
    if member.is_operator:
        return YES
    said = about()
    if said.sign_up == Community.SignUp.CLOSED:
        return no(_("Nobody can join just now, so there is nothing to invite to."))
    if not said.members_invite:
        return no(_("In this community operators invite. Tell them whom you would like to see here."))
    if member.joined_at > clock.now() - SETTLED_AFTER or member.post_count < SETTLED_POSTS:
        return no(
            _("Members invite once they have been here for %(days)s days and have written %(posts)s posts.")
            % {"days": SETTLED_AFTER.days, "posts": SETTLED_POSTS}
        )
    return YES
