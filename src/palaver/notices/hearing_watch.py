"""What the watch does, and what being on it sets off. Wiring names these functions; each runs within the verb's transaction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.accounts.models import Suspension
from palaver.notices import kinds, telling
from palaver.notices.speaking import spoken_by
from palaver.standards import events as standards
from palaver.standards.models import Proposal, WatchTerm


def drawn(event: standards.WatcherDrawn) -> None:
    """On whom the lot fell."""
    term = WatchTerm.objects.get(pk=event.term_id)
    with spoken_by(event.member_id):
        words = _("The lot has fallen on you: you are on the watch until %(until)s") % {
            "until": f"{term.until:%Y-%m-%d}"
        }
    _tell(event.member_id, f"watch-drawn:{term.pk}", words, "/watch/newcomers")


def term_ends(event: standards.WatchTermEnds) -> None:
    """Whose term is over, or ends within a week; each once."""
    term = WatchTerm.objects.get(pk=event.term_id)
    with spoken_by(event.member_id):
        if not event.over:
            words = _("Your term on the watch ends on %(until)s") % {"until": f"{term.until:%Y-%m-%d}"}
        elif term.why == "suspended":
            words = _("You are no longer on the watch: whoever is suspended holds no office")
        elif term.why == "removal":
            words = _("You are no longer on the watch: a post of yours was removed")
        else:
            words = _("Your term on the watch is over. Thank you")
    _tell(event.member_id, f"watch-{'end' if event.over else 'soon'}:{term.pk}", words, "/watch/")


def second_wanted(event: standards.SecondWanted) -> None:
    """The other watchers."""
    proposal = Proposal.objects.select_related("member").get(pk=event.proposal_id)
    for member_id in event.watcher_ids:
        with spoken_by(member_id):
            said = {
                Proposal.Act.SUSPEND: _("A second watcher is wanted: suspend %(name)s?")
                % {"name": proposal.member.name if proposal.member else ""},
                Proposal.Act.HOLD: _("A second watcher is wanted: hold a post?"),
                Proposal.Act.SLOW: _("A second watcher is wanted: slow newcomers down?"),
            }
            words = said[Proposal.Act(proposal.act)]
        _tell(member_id, f"watch-second:{proposal.pk}", words, f"/watch/newcomers#proposal-{proposal.pk}")


def suspended(event: standards.WatchSuspended) -> None:
    """The account: by what reason, and how to answer."""
    proposal = Proposal.objects.get(pk=event.proposal_id)
    with spoken_by(event.member_id):
        words = _(
            "The watch has suspended your account for a day, and three members decide about it. Answer in one click: %(because)s"
        ) % {"because": proposal.because}
    _tell(event.member_id, f"watch-suspended:{proposal.pk}", words, f"/watch/answer/{proposal.pk}")


def reviewed(event: standards.WatchReviewed) -> None:
    """The account and both watchers: what came of it."""
    proposal = Proposal.objects.select_related("member", "suspension").get(pk=event.proposal_id)
    suspension = Suspension.objects.get(pk=proposal.suspension_id or 0)
    with spoken_by(event.member_id):
        if event.stands:
            words = _("Three members have decided: your suspension stands until %(until)s UTC") % {
                "until": f"{suspension.until:%Y-%m-%d %H:%M}"
            }
        elif event.stands is None:
            words = _("Nobody decided within the day: your suspension has lapsed, and your posts are shown again")
        else:
            words = _("Three members have decided: you are not suspended any more, and your posts are shown again")
    _tell(event.member_id, f"watch-reviewed:{proposal.pk}", words, f"/watch/answer/{proposal.pk}")
    for watcher_id in (proposal.by_id, proposal.second_id):
        if watcher_id is None:
            continue
        with spoken_by(watcher_id):
            name = {"name": proposal.member.name if proposal.member else ""}
            if event.stands:
                words = _("Reviewed: the suspension of %(name)s stands") % name
            elif event.stands is None:
                words = _("Not reviewed within the day: the suspension of %(name)s has lapsed") % name
            else:
                words = _("Reviewed: the suspension of %(name)s was ended") % name
        _tell(watcher_id, f"watch-reviewed:{proposal.pk}", words, "/watch/#acts")


def _tell(member_id: int, key: str, words: str, href: str) -> None:
    telling.tell(member_id, kinds.WATCH.key, key=key, words=words, href=href)
