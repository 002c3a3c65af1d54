"""Who may do what about standards. Pages, commands and verbs ask here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from palaver.accounts.models import Member, Suspension
from palaver.accounts.permissions import may_act, may_operate, may_speak
from palaver.forums import newcomers
from palaver.forums.models import Attachment, Block, Forum, Hold, Lock, Office, Post, Removal
from palaver.forums.permissions import may_read, office_in, running_lock
from palaver.kit import clock
from palaver.kit.decisions import YES, Decision, no
from palaver.standards import bounds, electorate, eligibility, opening
from palaver.standards.bounds import APPEALED_WITHIN, DOOR_CLOSED_FOR
from palaver.standards.models import (
    Alert,
    AlerterPause,
    Amendment,
    Appeal,
    Case,
    Prolongation,
    Proposal,
    Seat,
    WatchTerm,
)


def may_alert(member: Member | None, *, post: Post | None = None, whom: Member | None = None) -> Decision:
    """Alert on a post, or on the name or about text of a member (Standards, Alert). Open to the suspended."""
    if not (answer := may_act(member)):
        return answer
    assert member is not None
    author_id = post.author_id if post is not None else None if whom is None else whom.pk
    if post is not None and not (answer := may_read(member, post.forum)):
        return answer
    if author_id == member.pk:
        return no(_("You need no jury for what you wrote yourself: change it, or withdraw it."))
    if post is not None and not (answer := _post_can_be_judged(post)):
        return answer
    if whom is not None and whom.left_at is not None:
        return no(_("This member has left, and their page is not shown any more."))
    if post is not None and Block.objects.running().filter(forum_id=post.forum_id, member=member).exists():
        return no(_("You are blocked from this forum for the time being, and that goes for alerts in it too."))
    pause = AlerterPause.objects.filter(member=member, until__gt=clock.now()).order_by("-until").first()
    if pause is not None:
        return no(
            _(
                "A jury left what you alerted on, and not one juror saw it otherwise. You can alert again from %(until)s."
            )
            % {"until": pause.until.strftime("%Y-%m-%d %H:%M UTC")}
        )
    since = clock.now() - bounds.ALERTS_ON_ONE_AUTHOR
    if Alert.objects.filter(by=member, author_id=author_id, at__gt=since).exists():
        return no(
            _(
                "You have alerted on something by this member in the last 24 hours. One alert a day on one member is enough."
            )
        )
    return YES


def _post_can_be_judged(post: Post) -> Decision:
    if post.standing == Post.Standing.WITHDRAWN:
        return no(_("Its author has withdrawn this post. Nobody reads it any more."))
    if post.standing == Post.Standing.REMOVED:
        return no(_("This post has been removed already."))
    if post.standing == Post.Standing.HELD:
        return no(_("This post is hidden already until it is decided about."))
    restored = Appeal.objects.filter(case__post=post, outcome=Appeal.Outcome.WON).order_by("-decided_at").first()
    edited_since = (
        restored is not None and post.edited_at and restored.decided_at and post.edited_at > restored.decided_at
    )
    if restored is not None and not edited_since:
        return no(_("A jury has looked at this post on appeal, under all standards, and restored it. That is final."))
    lock = running_lock(post.thread)
    if lock is not None and lock.office != Lock.Office.AUTHOR:
        return no(_("This thread is locked, and what stands in it is closed: %(because)s") % {"because": lock.because})
    return YES


def is_watcher(member: Member | None) -> bool:
    """Whether a member is on the watch now, and free to act."""
    if member is None or not may_speak(member):
        return False
    return WatchTerm.objects.filter(member=member, ended_at=None, until__gt=clock.now()).exists()


def may_hold(member: Member | None, post: Post, ground: str, *, second: Member | None = None) -> Decision:
    """Hide a post before a jury: two watchers, or an operator (Standards, Alert, "Hold")."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if member is not None and post.author_id in {member.pk, None if second is None else second.pk}:
        return no(_("Nobody decides about their own post."))
    if not may_operate(member):
        if not is_watcher(member):
            return no(_("Posts are held by two watchers, or by an operator."))
        if ground == Hold.Ground.LAW:
            return no(_("On the ground of law only an operator holds a post."))
        if second is None or member is None or second.pk == member.pk or not is_watcher(second):
            return no(_("A second watcher must agree before a post is held."))
    if post.standing == Post.Standing.HELD:
        return no(_("This post is held already."))
    if post.standing != Post.Standing.SHOWN:
        return no(_("This post is not shown any more, so there is nothing to hold."))
    if ground == Hold.Ground.SPAM and not _looks_new(post.author):
        return no(_("Spam is a ground to hold a newcomer's post only. Alert on it, and a jury decides."))
    return YES


def _looks_new(author: Member) -> bool:
    return newcomers.looks_new(joined_at=author.joined_at, post_count=author.post_count, is_operator=author.is_operator)


def may_release(member: Member | None, hold: Hold) -> Decision:
    """End a hold before a jury has decided: an operator; one by watchers also either of the two."""
    if hold.ended_at is not None:
        return no(_("This hold has ended already."))
    if may_operate(member):
        return YES
    if member is not None and hold.office == Hold.Office.WATCH and member.pk in {hold.by_id, hold.second_id}:
        return may_speak(member)
    return no(_("A hold is ended by who placed it, or by an operator."))


def may_answer_as_host(member: Member | None, alert: Alert) -> Decision:
    """Answer an alert that went to the hosts: a host of that forum, where it has none an operator; not about own posts or alerts."""
    if alert.state != Alert.State.HOSTS or alert.post is None:
        return no(_("This alert is not with the hosts, or has been answered."))
    if not (answer := may_speak(member)):
        return answer
    if not may_care_for(member, alert.post.forum):
        return no(_("Alerts about what belongs in a forum are answered by its hosts."))
    if member is not None and member.pk in {alert.author_id, alert.by_id}:
        return no(_("This is about you, so another host answers it."))
    return YES


def may_care_for(member: Member | None, forum: Forum) -> Decision:
    """See what was brought before a forum's hosts: its hosts, and operators."""
    return YES if office_in(member, forum) else no(_("This page is for the hosts of the forum."))


def may_decide_alone(member: Member | None, case: Case) -> Decision:
    """Judge a case for which too few could be drawn (Standards, Jury, "Size")."""
    if case.judges == Case.Judges.JURY:
        return no(_("A jury of members decides this case."))
    if not case.is_open:
        return no(_("This case has been decided."))
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    of = case.of if case.of_id else None
    alerters = [a for a in Alert.objects.filter(case=case).values_list("by_id", flat=True) if a is not None]
    asked = eligibility.matter(
        author_id=case.author_id, post=case.post, of=of, alerters=alerters, exclude=_acted_before(case)
    )
    asked = asked._replace(earlier=asked.earlier - {case.pk})
    allowed = opening.hosts(asked) if case.judges == Case.Judges.HOST else opening.operators(asked)
    if case.judges == Case.Judges.HOST and clock.now() - case.opened_at >= bounds.LONE_HOST_HAS:
        allowed |= opening.operators(asked)
    if member.pk in allowed:
        return YES
    if member.pk in asked.parties:
        return no(_("You are concerned in this case yourself."))
    return no(_("This case is decided by a host of the forum who is not concerned, or by an operator."))


def may_propose(member: Member | None) -> Decision:
    """Propose an amendment: whoever could vote on it; in the founding time every member, since the operators then decide."""
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    if member.is_operator or electorate.is_eligible(member) or electorate.is_founding_time():
        return YES
    return no(
        _(
            "Amendments are proposed by those who may vote on them: members for %(days)s days with %(posts)s posts. You may"
            " talk about every proposal in its thread."
        )
        % {"days": electorate.DAYS, "posts": electorate.POSTS}
    )


def may_put_to_ballot(member: Member | None, amendment: Amendment) -> Decision:
    """Put an amendment to the ballot: whoever proposed it."""
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    if amendment.by_id == member.pk:
        return YES
    return no(_("An amendment is put to the ballot by the member who proposed it."))


def may_withdraw_amendment(member: Member | None, amendment: Amendment) -> Decision:
    """Take back one's own amendment, until it is put to the ballot; then it is the members'."""
    if member is None or amendment.by_id != member.pk:
        return no(_("An amendment is withdrawn by the member who proposed it."))
    if amendment.state != Amendment.State.PROPOSED:
        return no(_("This amendment is being voted on or has been decided, so it cannot be withdrawn any more."))
    return YES


def may_veto(member: Member | None) -> Decision:
    """Stop what the law forbids: operators, with the ground, on the record."""
    return may_operate(member)


def may_adopt_as_founder(member: Member | None) -> Decision:
    """Adopt charter text directly: operators, in the founding time."""
    if not (answer := may_operate(member)):
        return answer
    if not electorate.is_founding_time():
        return no(
            _(
                "The founding time is over: %(most)s members may vote now, so the charter is theirs. Propose an amendment."
            )
            % {"most": electorate.FOUNDING_BELOW}
        )
    return YES


def _acted_before(case: Case) -> set[int]:
    """Who set what an appeal is against, or asked for what a jury is to give: they do not decide about it alone."""
    offices = Appeal.objects.filter(case=case).values_list("suspension__by", "block__by", "lock__by")
    found = {member for row in offices for member in row}
    watched = Proposal.objects.filter(suspension__in=Appeal.objects.filter(case=case).values("suspension"))
    found.update(member for row in watched.values_list("by", "second") for member in row)
    found.update(Prolongation.objects.filter(case=case).values_list("by_id", flat=True))
    return found - {None}


def may_appeal_removal(member: Member | None, removal: Removal) -> Decision:
    """The author, against the removal of a post by a verdict."""
    if not (answer := _concerned(member, removal.post.author_id)):
        return answer
    if removal.ended_at is not None:
        return no(_("This post has been restored already."))
    if removal.case_number is None:
        if removal.office == Removal.Office.WATCH:
            return no(_("This post was taken out of sight together with a suspension. Appeal against the suspension."))
        return no(
            _("An operator took this post down for law. No jury can decide about that; the contact page can be used.")
        )
    return _open(member, removal.at, Appeal.objects.filter(of_case_id=removal.case_number).first())


def may_appeal_suspension(member: Member | None, suspension: Suspension) -> Decision:
    """The suspended, while it runs."""
    if not (answer := _concerned(member, suspension.member_id)):
        return answer
    if suspension.ended_at is not None or suspension.until <= clock.now():
        return no(_("This suspension has ended, so there is nothing left to lift."))
    if Prolongation.objects.filter(given=suspension).exists():
        return no(_("A jury of an appeal’s size gave this suspension, so its decision is final."))
    return _open(member, suspension.since, Appeal.objects.filter(suspension=suspension).first())


def may_appeal_block(member: Member | None, block: Block) -> Decision:
    """The member who is kept out of a forum, while it runs."""
    if not (answer := _concerned(member, block.member_id)):
        return answer
    if block.ended_at is not None or block.until <= clock.now():
        return no(_("This block has ended, so there is nothing left to lift."))
    return _open(member, block.since, Appeal.objects.filter(block=block).first())


def may_appeal_lock(member: Member | None, lock: Lock) -> Decision:
    """Whoever started the thread, while it is locked by an office."""
    if not (answer := _concerned(member, lock.thread.author_id)):
        return answer
    if lock.ended_at is not None:
        return no(_("This thread takes replies again, so there is nothing left to lift."))
    if lock.office not in {Lock.Office.HOST, Lock.Office.OPERATOR}:
        return no(_("No host or operator locked this thread, so there is nothing to contest."))
    return _open(member, lock.at, Appeal.objects.filter(lock=lock).first())


def may_ask_longer(member: Member | None, suspension: Suspension) -> Decision:
    """Ask a jury for a suspension longer than thirty days: an operator, once, while one that a rule gave runs."""
    if not (answer := may_operate(member)):
        return answer
    if suspension.ended_at is not None or suspension.until <= clock.now():
        return no(_("This suspension has ended, so it cannot be made longer."))
    if suspension.office != Suspension.Office.JURY:
        return no(_("Only a suspension that followed from verdicts can be brought before a jury to be made longer."))
    if Prolongation.objects.filter(Q(suspension=suspension) | Q(given=suspension)).exists():
        return no(_("A longer suspension has been asked for already, once is all."))
    return YES


def may_answer_longer(member: Member | None, asked: Prolongation) -> Decision:
    """Say one's own side before the jury is drawn: the suspended member, once."""
    if not (answer := may_act(member)):
        return answer
    if member is None or asked.suspension.member_id != member.pk:
        return no(_("Only the member whom it concerns answers."))
    if asked.case_id is not None:
        return no(_("A jury is deciding already, so nothing can be added."))
    return YES


def door_closed_until(member: Member) -> datetime | None:
    """Until when a lost appeal keeps the member from another; None when the door is open."""
    # An appeal that nobody came to judge closes nothing.
    lost = (
        Appeal.objects.filter(by=member, outcome=Appeal.Outcome.LOST, case__verdict__empty_seats=0)
        .order_by("-decided_at")
        .first()
    )
    if lost is None or lost.decided_at is None:
        return None
    until: datetime = lost.decided_at + DOOR_CLOSED_FOR
    return until if until > clock.now() else None


def _concerned(member: Member | None, concerned_id: int) -> Decision:
    if not (answer := may_act(member)):
        return answer
    if member is None or member.pk != concerned_id:
        return no(_("Only the member whom it concerns appeals."))
    return YES


def _open(member: Member | None, since: datetime, before: Appeal | None) -> Decision:
    """Whether the door is open: in time, not yet decided, no other appeal, none just lost."""
    assert member is not None
    if before is not None:
        if before.decided_at is None:
            return no(_("Your appeal against this is being judged already."))
        if not before.outcome:
            return no(_("Your appeal was called off, because an act of law went before it."))
        return no(_("Your appeal against this has been decided already. That decision is final."))
    if clock.now() > since + APPEALED_WITHIN:
        return no(
            _("An appeal is possible for %(days)s days. They were over on %(day)s.")
            % {"days": APPEALED_WITHIN.days, "day": _day(since + APPEALED_WITHIN)}
        )
    if Appeal.objects.filter(by=member, decided_at=None).exists():
        return no(_("One appeal at a time: another one of yours is being judged. Wait for its verdict."))
    closed = door_closed_until(member)
    if closed is not None:
        return no(
            _("Your last appeal was lost, so the next can be made from %(day)s on.") % {"day": _day(closed, exact=True)}
        )
    return YES


def _day(instant: datetime, *, exact: bool = False) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC" if exact else "%Y-%m-%d")


# The watch (Standards, Watch) ---------------------------------------------------------------------------------------


def may_volunteer_to_watch(member: Member | None) -> Decision:
    """Volunteer for the watch: 180 days, 500 posts, no removal in 90 days; not operators, who have an office already."""
    if not (answer := may_speak(member)):
        return answer
    assert member is not None
    if member.is_operator:
        return no(_("Operators do not watch: whoever runs the place does not also hold this office."))
    now = clock.now()
    if member.joined_at > now - bounds.WATCH_MEMBER_FOR or member.post_count < bounds.WATCH_POSTS_WRITTEN:
        return no(
            _(
                "Who watches has been here for %(days)s days and has written %(posts)s posts. You came on %(since)s and have"
                " written %(written)s."
            )
            % {
                "days": bounds.WATCH_MEMBER_FOR.days,
                "posts": bounds.WATCH_POSTS_WRITTEN,
                "since": member.joined_at.strftime("%Y-%m-%d"),
                "written": member.post_count,
            }
        )
    if eligibility.chance(member.pk) < 100:
        return no(_("A post of yours was removed within 90 days. After that time you can volunteer."))
    return YES


def may_see_newcomers(member: Member | None) -> Decision:
    """The newcomers' desk: watchers, and operators, who act where there is no watch."""
    if may_operate(member) or is_watcher(member):
        return YES
    return no(_("This desk is for those on the watch."))


def may_propose_to_watch(member: Member | None) -> Decision:
    """Propose something to the second watcher."""
    if not (answer := may_speak(member)):
        return answer
    return YES if is_watcher(member) else no(_("This is for those on the watch."))


def may_suspend_as_watch(member: Member | None, whom: Member) -> Decision:
    """Whether an account is one that the watch may suspend at all: young or with few posts, and not in an office."""
    if not (answer := may_propose_to_watch(member)):
        return answer
    assert member is not None
    if whom.pk == member.pk:
        return no(_("This is you."))
    if not whom.is_active:
        return no(_("%(name)s has no account that could write.") % {"name": whom.name})
    now = clock.now()
    if whom.joined_at <= now - bounds.INTRUDER_YOUNGER_THAN and whom.post_count >= bounds.INTRUDER_POSTS_BELOW:
        return no(
            _(
                "%(name)s has been here for a while. The watch acts on new accounts only; alert on a post, and a jury decides."
            )
            % {"name": whom.name}
        )
    if whom.is_operator or is_watcher(whom) or Office.objects.sitting().filter(member=whom).exists():
        return no(_("%(name)s holds an office here. The watch acts on new accounts only.") % {"name": whom.name})
    if whom.running_suspension() is not None:
        return no(_("%(name)s is suspended already.") % {"name": whom.name})
    since = now - bounds.WATCH_LEAVES_ALONE
    if Proposal.objects.filter(member=whom, stands=False, reviewed_at__gt=since).exists():
        return no(
            _("A jury has let %(name)s go not long ago. Alert on what they write now, and a jury decides.")
            % {"name": whom.name}
        )
    return YES


def may_second(member: Member | None, proposal: Proposal) -> Decision:
    """Agree to a proposal: a watcher other than its maker, within a day."""
    if not (answer := may_propose_to_watch(member)):
        return answer
    if proposal.done_at is not None:
        return no(_("A second watcher has agreed already; it is done."))
    if proposal.dropped_at is not None or proposal.at <= clock.now() - bounds.PROPOSAL_LASTS:
        return no(_("This proposal was dropped, or nobody agreed within a day. Make it anew if it is still needed."))
    if member is not None and member.pk == proposal.by_id:
        return no(_("You have proposed this yourself. It takes a second watcher."))
    return YES


def may_drop(member: Member | None, proposal: Proposal) -> Decision:
    """Take a waiting proposal off the desk."""
    if not (answer := may_propose_to_watch(member)):
        return answer
    if proposal.done_at is not None:
        return no(_("A second watcher has agreed already; it is done."))
    if proposal.dropped_at is not None:
        return no(_("This proposal was dropped already."))
    return YES


def may_answer_watch(member: Member | None, proposal: Proposal) -> Decision:
    """Answer a suspension by the watch: the account it fell on, while the review lasts. Suspended, it may."""
    if not (answer := may_act(member)):
        return answer
    if member is None or proposal.member_id != member.pk or proposal.done_at is None:
        return no(_("This is about somebody else's account."))
    if proposal.reviewed_at is not None:
        return no(_("The review is over, and nobody reads an answer any more."))
    return YES


def may_end_slow_mode(member: Member | None) -> Decision:
    """End slow mode before its time: any watcher, or an operator."""
    if may_operate(member):
        return YES
    return may_propose_to_watch(member)


def may_see_judged(member: Member | None, attachment: Attachment) -> Decision:
    """See a picture or file of a post that one is judging, which may be held back from everybody else meanwhile."""
    if member is not None:
        sits = Seat.objects.filter(
            drawn__member=member,
            state=Seat.State.TAKEN,
            case__stage__in=opening.OPEN,
            case__post__attachment_uses__attachment=attachment,
        )
        alone = Case.objects.filter(stage__in=opening.OPEN, post__attachment_uses__attachment=attachment).exclude(
            judges=Case.Judges.JURY
        )
        if sits.exists() or any(may_decide_alone(member, case) for case in alone.select_related("post", "of")):
            return YES
    return no(_("This picture or file is not shown in any post that you may read."))
