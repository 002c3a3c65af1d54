"""The reactions that wiring names: cache words, live telling, entries for acts of packages below the record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from palaver.accounts import events as accounts
from palaver.accounts.models import Application, Member, Suspension
from palaver.ballots import events as ballots
from palaver.community import events as community
from palaver.community.reads import about as about_us
from palaver.community.reads import mail_from
from palaver.forums import events as forums
from palaver.forums import titling
from palaver.forums.models import Post
from palaver.front.changing import change
from palaver.live.telling import tell, tell_many
from palaver.notices import kinds, telling
from palaver.record.entering import enter
from palaver.search import events as search
from palaver.search import indexing
from palaver.standards import events as standards
from palaver.standards import warning
from palaver.standards.models import Consequence
from palaver.transfer import events as transfer

Name = str | Callable[[Any], str]


def thread(event: Any) -> str:
    """The cache word of a thread's pages."""
    return f"thread:{event.thread_id}"


def forum(event: Any) -> str:
    """The cache word of a forum's lists."""
    return f"forum:{event.forum_id}"


def member(event: Any) -> str:
    """The cache word of a member's page."""
    return f"member:{event.member_id}"


def ballot(event: Any) -> str:
    """The cache word of a ballot's page."""
    return f"ballot:{event.ballot_id}"


def about(event: Any) -> str:
    """The cache word of what a ballot is about: a thread's pages show its poll; the charter's pages its amendments."""
    kind = str(event.about).partition(":")[0]
    return "charter" if kind in {"amendment", "charter"} else str(event.about)


def words(*names: Name) -> Callable[[Any], None]:
    """A *within* reaction that marks cache words as in flight now and settles them once the transaction has ended."""

    def mark(event: Any) -> None:
        change([name if isinstance(name, str) else name(event) for name in names])

    return mark


def words_of_batch(event: transfer.ImportBatchStored) -> None:
    """Lists, grown threads and authors' pages of an import's batch are not served from before either."""
    names = [f"forum:{forum_id}" for forum_id in event.forum_ids]
    names += [f"thread:{thread_id}" for thread_id in event.thread_ids]
    names += [f"member:{member_id}" for member_id in event.member_ids]
    change(["front", "places", *names])


def index_post(
    event: forums.ThreadStarted
    | forums.ReplyWritten
    | forums.PostEdited
    | forums.PostWithdrawn
    | standards.PostHeld
    | standards.PostRestored,
) -> None:
    """Searching finds what stands, from the moment it stands."""
    indexing.add(event.post_id)


def index_moved(event: forums.ThreadMoved) -> None:
    """All posts of a thread in another forum are found there, by whoever may read that one."""
    indexing.add_thread(event.thread_id)


def index_arranged(event: forums.ThreadSplit | forums.ThreadMerged) -> None:
    """Posts that stand in another thread now."""
    indexing.add_many(event.post_ids)


def words_of_move(event: forums.ThreadMoved) -> None:
    """Both forums, the thread, and every list it stands in."""
    change([f"thread:{event.thread_id}", f"forum:{event.from_forum_id}", f"forum:{event.forum_id}", "front"])


def words_of_split(event: forums.ThreadSplit) -> None:
    """Both threads and their lists; a correction may stand on an original post now."""
    change(
        [
            f"thread:{event.thread_id}",
            f"thread:{event.new_thread_id}",
            f"forum:{event.forum_id}",
            "front",
            "corrections",
        ]
    )


def words_of_merge(event: forums.ThreadMerged) -> None:
    """Both threads, the one that is gone too: its address leads on from now on."""
    change([f"thread:{event.thread_id}", f"thread:{event.into_id}", f"forum:{event.forum_id}", "front", "corrections"])


def tell_move(event: forums.ThreadMoved) -> None:
    """Open streams of the thread ask their rights again: its new forum may have other readers."""
    tell(f"thread:{event.thread_id}", "rights", {})


def tell_of_finds(event: search.SavedSearchFound) -> None:
    """What a saved search has found since the last look is one notice that leads to the search."""
    asked = {"q": event.query} | ({"order": "best"} if event.best else {})
    telling.tell(
        event.member_id,
        kinds.SEARCH.key,
        key=f"search:{event.saved_search_id}:{event.post_ids[0]}",
        words=event.name,
        href=f"/search?{urlencode(asked)}",
    )


def index_batch(event: transfer.ImportBatchStored) -> None:
    """An import's posts are found when its batch stands."""
    indexing.add_many(event.post_ids)


def tell_thread_started(event: forums.ThreadStarted) -> None:
    """Lists open in browsers learn of a new thread."""
    tell(f"forum:{event.forum_id}", "thread", {"thread": event.thread_id, "by": event.author_id})


def tell_reply(event: forums.ReplyWritten) -> None:
    """The thread's open pages offer to show the reply; its forum's open lists learn of it."""
    tell_many(
        [
            (f"thread:{event.thread_id}", "reply", {"number": event.number, "by": event.author_id}),
            (f"forum:{event.forum_id}", "reply", {"thread": event.thread_id, "by": event.author_id}),
        ]
    )


def tell_edit(event: forums.PostEdited | forums.PostWithdrawn | forums.PostCorrected) -> None:
    """The thread's open pages learn that a post reads differently."""
    tell(f"thread:{event.thread_id}", "edit", {"post": event.post_id})


def settle_title(event: standards.VerdictReached | standards.PostHeld | standards.PostRestored) -> None:
    """A thread's subject goes and comes back with an original post that nobody may read."""
    if event.post_id is not None:
        titling.settle(event.post_id)


def tell_lock(event: forums.ThreadLocked | forums.ThreadUnlocked) -> None:
    """The thread's open pages learn that it takes replies or not."""
    tell(f"thread:{event.thread_id}", "lock", {"locked": isinstance(event, forums.ThreadLocked)})


def tell_vote(event: ballots.VoteCast | ballots.BallotClosed | ballots.BallotCalledOff) -> None:
    """The thread's open pages learn that its poll stands otherwise; not who voted, nor what."""
    if event.about.startswith("thread:"):
        tell(event.about, "poll", {"ballot": event.ballot_id})


def tell_rights(event: Any) -> None:
    """The member's open streams ask their rights again."""
    tell(f"member:{event.member_id}", "rights", {})


def words_of_verdict(event: standards.VerdictReached) -> None:
    """What a verdict changes for readers: its post's thread and lists, its author's page."""
    names = [f"member:{event.author_id}"]
    if event.post_id is not None:
        names += [f"thread:{event.thread_id}", f"forum:{event.forum_id}", "front", "corrections", "folds"]
    change(names)


def index_verdict(event: standards.VerdictReached) -> None:
    """A removed post is found no more from the moment it is removed."""
    if event.post_id is not None:
        indexing.add(event.post_id)


def tell_verdict(event: standards.VerdictReached) -> None:
    """The thread's open pages fold the post in place, or learn that it stays."""
    if event.post_id is not None:
        payload = {"post": event.post_id, "case": event.case_id, "outcome": event.outcome}
        tell(f"thread:{event.thread_id}", "verdict", payload)


def tell_hold(event: standards.PostHeld | standards.PostRestored) -> None:
    """The thread's open pages fold a post that is held back, or show one again, where it stands."""
    tell(f"thread:{event.thread_id}", "fold", {"post": event.post_id})


def settle_titles_of_watch(event: standards.NewcomersPosts) -> None:
    """Subjects go and come back with the original posts among them."""
    for post_id in Post.objects.filter(pk__in=event.post_ids, place=0).values_list("pk", flat=True):
        titling.settle(post_id)


def words_of_watch(event: standards.NewcomersPosts) -> None:
    """Every thread and forum in which the posts stand."""
    names = [f"thread:{thread_id}" for thread_id in event.thread_ids]
    names += [f"forum:{forum_id}" for forum_id in event.forum_ids]
    change(["front", "corrections", "folds", f"member:{event.member_id}", *names])


def index_watch(event: standards.NewcomersPosts) -> None:
    """What is hidden is not found; what is shown again is."""
    indexing.add_many(event.post_ids)


def tell_watch(event: standards.NewcomersPosts) -> None:
    """Open pages learn that posts are hidden, or shown again."""
    for thread_id, post_id in event.in_threads:
        tell(f"thread:{thread_id}", "fold", {"post": post_id})
        titling.settle(post_id)


def tell_summons(event: standards.SeatOffered) -> None:
    """The juror's own open pages show the offer; nobody else hears that topic."""
    tell(f"member:{event.member_id}", "summons", {"case": event.case_id, "seat": event.seat_id})


def tell_seat_ended(event: standards.SeatEnded) -> None:
    """And take it away again."""
    tell(f"member:{event.member_id}", "summons-over", {"case": event.case_id, "seat": event.seat_id})


def tell_consequence(event: standards.ConsequenceFell) -> None:
    """What a removal brought is told to its author: the warning letter by mail in full, the rest as a notice.

    That a post was removed is told by the verdict itself, so a mere notice needs no second one.
    """
    fell = Consequence.objects.select_related("member", "suspension").get(pk=event.consequence_id)
    with translation.override(fell.member.language or settings.LANGUAGE_CODE):
        if fell.kind == Consequence.Kind.WARNING:
            href = warning.address(fell.pk)
            telling.tell(fell.member_id, kinds.WARNING.key, words=_("You have a warning letter"), href=href)
        elif fell.suspension is not None:
            words = _("You cannot write until %(until)s. %(because)s") % {
                "until": fell.suspension.until.strftime("%Y-%m-%d %H:%M UTC"),
                "because": fell.suspension.because,
            }
            telling.tell(fell.member_id, kinds.CONSEQUENCE.key, words=words, href="/me/appeals")
    if fell.kind == Consequence.Kind.WARNING and fell.member.email:
        warning.mail(fell, fell.member.email).send()


def tell_suspension(event: accounts.MemberSuspended) -> None:
    """An operator's suspension is told with its reason and the way to appeal. What rules, juries and the watch do is told as theirs."""
    row = Suspension.objects.select_related("member").get(pk=event.suspension_id)
    if row.office != Suspension.Office.OPERATOR:
        return
    with translation.override(row.member.language or settings.LANGUAGE_CODE):
        words = _("You are suspended until %(until)s: %(because)s You can appeal") % {
            "until": row.until.strftime("%Y-%m-%d %H:%M UTC"),
            "because": row.because.rstrip(".") + ".",
        }
        telling.tell(row.member_id, kinds.CONSEQUENCE.key, words=words, href="/me/appeals")


def tell_longer_asked(event: standards.LongerAsked) -> None:
    """Whoever is to be suspended longer learns it first, and may answer."""
    member = Member.objects.get(pk=event.member_id)
    with translation.override(member.language or settings.LANGUAGE_CODE):
        words = _("An operator asks a jury to make your suspension longer. You have a day to answer")
        telling.tell(member.pk, kinds.CONSEQUENCE.key, words=words, href=f"/me/longer/{event.prolongation_id}")


def enter_suspension(event: accounts.MemberSuspended) -> None:
    """A suspension stands on the record (accounts lie below it, so the entry is made here)."""
    row = Suspension.objects.get(pk=event.suspension_id)
    payload = {"by": row.by_id, "because": row.because, "until": row.until.isoformat(), "suspension": row.pk}
    enter("member.suspend", office=row.office, subject=f"member:{event.member_id}", payload=payload)


def enter_suspension_longer(event: accounts.SuspensionProlonged) -> None:
    """And that it lasts longer."""
    row = Suspension.objects.get(pk=event.suspension_id)
    payload = {"until": row.until.isoformat(), "suspension": row.pk}
    enter("member.suspend_on", office="jury", subject=f"member:{event.member_id}", payload=payload)


def enter_suspension_end(event: accounts.SuspensionEnded) -> None:
    """So does its early end."""
    row = Suspension.objects.get(pk=event.suspension_id)
    enter(
        "member.unsuspend",
        # Nobody's name: a jury's verdict ended it.
        office="operator" if row.ended_by_id is not None else "jury",
        subject=f"member:{event.member_id}",
        payload={"by": row.ended_by_id, "suspension": row.pk},
    )


def enter_operator(event: accounts.OperatorMade) -> None:
    """And who was made an operator; `by` is empty when it was done at the console."""
    enter("operator.make", office="operator", subject=f"member:{event.member_id}", payload={"by": event.by_id})


def enter_operator_end(event: accounts.OperatorEnded) -> None:
    """And who was one."""
    enter("operator.end", office="operator", subject=f"member:{event.member_id}", payload={"by": event.by_id})


def enter_invitation_end(event: accounts.InvitationEnded) -> None:
    """Taking back one's own invitation is nobody's business; taking back another's is an act of authority."""
    if event.by_id != event.member_id:
        payload = {"by": event.by_id, "invitation": event.invitation_id}
        enter("invitation.end", office="operator", subject=f"member:{event.member_id}", payload=payload)


def enter_application(event: accounts.ApplicationDecided) -> None:
    """Who was let in, by whom. A refusal names nobody: whoever was refused is no member, and owes the public nothing."""
    if event.admitted:
        enter("application.admit", office="operator", subject=f"member:{event.member_id}", payload={"by": event.by_id})
    else:
        subject = f"application:{event.application_id}"
        enter("application.refuse", office="operator", subject=subject, payload={"by": event.by_id})


def mail_application(event: accounts.ApplicationDecided) -> None:
    """The answer goes to whoever asked to join, if they left an address."""
    row = Application.objects.select_related("member").get(pk=event.application_id)
    if not row.member.email:
        return
    with translation.override(row.member.language or settings.LANGUAGE_CODE):
        named = {
            "name": row.member.name,
            "community": about_us().name,
            "link": f"{settings.PALAVER_ORIGIN}/account/login/",
        }
        if event.admitted:
            subject = _("You are in: %(community)s") % named
            text = _("Hello %(name)s,\n\nyou have been let in to %(community)s. Sign in here:\n\n%(link)s\n") % named
        else:
            subject = _("%(community)s: not this time") % named
            text = _("Hello %(name)s,\n\nyou asked to join %(community)s, and were not let in:\n\n%(because)s\n") % {
                **named,
                "because": row.because,
            }
        EmailMessage(" ".join(subject.split()), text, mail_from(), [row.member.email]).send()


def enter_claim_link(event: accounts.ClaimLinkMade) -> None:
    """Whoever makes a link to another's account hands that account over, so it stands on the record."""
    enter("member.claim_link", office="operator", subject=f"member:{event.member_id}", payload={"by": event.by_id})


def enter_community(event: community.CommunityChanged) -> None:
    """What operators change about the community itself; `by` is empty when it was done at the console or at set-up."""
    payload = {"by": event.by_id, "what": list(event.what)}
    enter("community.change", office="operator", subject="community", payload=payload)


def enter_inquiry(event: community.InquiryReceived) -> None:
    """That somebody wrote to the operators; who and what is theirs."""
    enter("contact.received", office="guest", subject=f"inquiry:{event.inquiry_id}", payload={})


def enter_answer(event: community.InquiryAnswered) -> None:
    """And that an operator answered."""
    enter("contact.answered", office="operator", subject=f"inquiry:{event.inquiry_id}", payload={"by": event.by_id})
