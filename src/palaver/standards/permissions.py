"""Who may do what about standards: alert, hold, release, answer, decide, amend. Pages, commands and verbs ask here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act, may_operate, may_speak
from palaver.forums import newcomers
from palaver.forums.models import Block, Forum, Hold, Lock, Post
from palaver.forums.permissions import may_read, office_in, running_lock
from palaver.kit import clock
from palaver.kit.decisions import YES, Decision, no
from palaver.standards import bounds, electorate, eligibility, opening
from palaver.standards.models import Alert, AlerterPause, Amendment, Case, WatchTerm


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
    asked = eligibility.matter(author_id=case.author_id, post=case.post, of=of, alerters=alerters)
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
