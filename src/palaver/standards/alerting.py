"""Alerts: a member's call for a look at something another wrote, under one standard; and what a forum's hosts answer.

Source: Standards, Alert.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums.models import Post
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text.letters import reason
from palaver.standards import bounds, charter, opening
from palaver.standards.events import AlertRaised
from palaver.standards.models import Alert, Case, Standard, Verdict
from palaver.standards.permissions import may_alert, may_answer_as_host


def alert(
    *, by: Member, about: str, post: Post | None = None, member: Member | None = None, standard: str, because: str
) -> Alert:
    """Raise an alert and return it; its case is opened with it, unless a jury sits on the same thing or it is the hosts'.

    `about` is one of Alert.About: a `post`, or the name or about text of a `member`. It fixes the version, or the words,
    that are judged. Sent twice by the same member it is one alert. Raises NotAllowed (own, withdrawn, removed, held,
    locked, not readable, blocked, paused, one a day on an author) or Refusal (standard, reason, raised before by another).
    """
    because = reason(because, bounds.LONGEST_WHY)
    if about not in Alert.About.values or (about == Alert.About.POST) != (post is not None):
        raise Refusal(_("Say what your alert is about."))
    with transaction.atomic():
        # The alerter's row serialises two copies of one form, that of whose name it is two alerts on it: in the order of
        # their ids, so that two who alert on each other do not wait for ever. Then the post.
        people = {by.pk} | ({member.pk} if member is not None and post is None else set())
        locked = {
            row.pk: row for row in Member.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk")
        }
        by = locked[by.pk]
        if post is not None:
            post = (
                Post.objects.select_for_update(of=("self",), no_key=True)
                .select_related("thread__forum", "forum", "author")
                .get(pk=post.pk)
            )
        elif member is not None:
            member = locked[member.pk]
        else:
            raise Refusal(_("Say whose name or text your alert is about."))
        text = "" if member is None or post is not None else _words(member, about)
        standing = _standing(about, post, member, text, standard)
        if standing is not None and standing.by_id == by.pk:
            return standing
        may_alert(by, post=post, whom=None if post is not None else member).or_refuse()
        rule = _rule(standard, about, post)
        if not because:
            raise Refusal(
                _("Say why, in a sentence or two: those who decide read it, without your name."), field="because"
            )
        if about != Alert.About.POST and not text.strip():
            raise Refusal(_("There is nothing here to alert on."))
        if standing is not None:
            raise Refusal(
                _(
                    "This has been brought before the members under this standard already. Once is enough; the verdict tells."
                ),
                field="standard",
            )
        author = post.author if post is not None else member
        assert author is not None
        to_hosts = rule.for_hosts and post is not None
        raised = Alert.objects.create(
            by=by,
            about=about,
            post=post,
            author=author,
            version=1 if post is None else post.version,
            text=text,
            standard=standard,
            charter=charter.in_force().version,
            because=because,
            state=Alert.State.HOSTS if to_hosts else Alert.State.WAITING,
            at=clock.now(),
        )
        if not to_hosts and not _is_judged(raised):
            opening.open_on(raised)
        events.publish(AlertRaised(raised.pk, None if post is None else post.forum_id, to_hosts))
    return raised


def answer_as_host(alert: Alert, *, by: Member, answer: str) -> Alert:
    """Answer an alert that went to the hosts; its alerter reads it, without the host's name. Raises NotAllowed, Refusal."""
    answer = reason(answer, bounds.LONGEST_ANSWER)
    with transaction.atomic():
        alert = (
            Alert.objects.select_for_update(of=("self",), no_key=True).select_related("post__forum").get(pk=alert.pk)
        )
        may_answer_as_host(by, alert).or_refuse()
        if not answer:
            raise Refusal(_("Say what you have decided: whoever alerted reads it."), field="answer")
        alert.state, alert.answer = Alert.State.ANSWERED, answer
        alert.save(update_fields=["state", "answer"])
    return alert


def _words(member: Member, about: str) -> str:
    return member.name if about == Alert.About.NAME else member.about


def _standing(about: str, post: Post | None, member: Member | None, text: str, standard: str) -> Alert | None:
    """The alert that was raised on the same thing under the same standard. Of a name or text only on the same words, and not
    where these were removed and have been taken up again."""
    same = Alert.objects.filter(about=about, standard=standard)
    if post is not None:
        return same.filter(post=post).first()
    return same.filter(author=member, text=text).exclude(case__verdict__outcome=Verdict.Outcome.REMOVED).first()


def _rule(standard: str, about: str, post: Post | None) -> Standard:
    """The standard, if it can be alerted under here."""
    forum_id = None if post is None else post.forum_id
    for rule in charter.applicable(kind=about, forum_id=forum_id):
        if rule.key == standard:
            return rule
    raise Refusal(_("Choose the standard of the charter that it breaks."), field="standard")


def _is_judged(raised: Alert) -> bool:
    """Whether a jury sits on the same thing, so that this alert waits."""
    open_cases = Case.objects.filter(stage__in=opening.OPEN, author_id=raised.author_id, kind=Case.Kind.ALERT)
    if raised.post_id is not None:
        return Case.objects.filter(stage__in=opening.OPEN, post_id=raised.post_id).exists()
    return open_cases.filter(post=None, alerts__about=raised.about).exists()
