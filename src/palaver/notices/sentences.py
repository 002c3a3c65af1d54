"""What a notice says in one line: the same on the page, in a mail, in a digest and in a push."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palaver.notices import kinds


def sentence(kind: str, *, by: str = "", count: int = 1, number: int | None = None, words: str = "") -> str:
    """One line without a full stop. `by` is the member's name, "" when the account is gone; `words` those of the teller."""
    who = by or _("Somebody")
    if kind == kinds.RECOMMENDATION.key and count > 1:
        return ngettext("%(n)s recommendation", "%(n)s recommendations", count) % {"n": count}
    if kind in {kinds.SUBSCRIPTION.key, kinds.FOLLOWED.key} and number == 0:
        return _("%(who)s started a thread") % {"who": who}
    told = {
        kinds.REPLY.key: _("%(who)s answered you"),
        kinds.MENTION.key: _("%(who)s mentioned you"),
        kinds.QUOTE.key: _("%(who)s quoted you"),
        kinds.THREAD.key: _("%(who)s wrote in your thread"),
        kinds.SUBSCRIPTION.key: _("%(who)s wrote in a thread you subscribed to"),
        kinds.RECOMMENDATION.key: _("%(who)s recommends your post"),
        kinds.REMINDER.key: _("You wanted to be reminded of this"),
        kinds.SEARCH.key: _("%(who)s wrote what one of your searches finds"),
    }.get(kind)
    if kind == kinds.SEARCH.key and words:
        return _("New for your search “%(search)s”") % {"search": words}
    return told % {"who": who} if told is not None else words


def why(kind: str) -> str:
    """Why a member was told, as a whole sentence for the foot of a mail."""
    return {
        kinds.REPLY.key: _("You are told because a post of yours was answered."),
        kinds.MENTION.key: _("You are told because your name was written with an @."),
        kinds.QUOTE.key: _("You are told because a post of yours was quoted."),
        kinds.THREAD.key: _("You are told because you started this thread."),
        kinds.SUBSCRIPTION.key: _("You are told because you subscribed to it."),
        kinds.FOLLOWED.key: _("You are told because you follow its author."),
        kinds.RECOMMENDATION.key: _("You are told because a post of yours was recommended."),
        kinds.REMINDER.key: _("You are told because you asked to be reminded."),
        kinds.SEARCH.key: _("You are told because you saved this search."),
        kinds.OFFICE.key: _("You are told because it is about your office, or about what hosts decided on you."),
        kinds.WATCH.key: _("You are told because it is about the watch, or about what the watch decided on you."),
        kinds.CONSEQUENCE.key: _("You are told because it is about a suspension of yours."),
        kinds.WARNING.key: _("You are told because verdicts removed posts of yours."),
        kinds.BALLOT.key: _("You are told because you may vote in it."),
        kinds.SUMMONS.key: _("You are told because the lot may fall on you; you can say that it may not."),
        kinds.JUDGE.key: _("You are told because you are a host or an operator."),
        kinds.VERDICT.key: _("You are told because it is about something of yours."),
        kinds.ALERT.key: _("You are told because you raised an alert."),
        kinds.DESK.key: _("You are told because you are an operator."),
        kinds.TEST.key: _("You are told because you asked for a trial."),
    }.get(kind, _("You are told because you chose to be."))
