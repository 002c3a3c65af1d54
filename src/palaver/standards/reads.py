"""What the pages of judging show, as plain values: cases, verdicts, precedents, a juror's paper, one's own seats and alerts.

No row here names a juror or an alerter, but `mine`, `paper` and `own_alerts`, which are asked for one member by that member.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from palaver.accounts.reads import instant_of
from palaver.forums.models import Post, SourceText
from palaver.kit import clock
from palaver.standards import deciding
from palaver.standards.models import Alert, Case, JurorSetting, PoolMember, Seat, Standard, Verdict

A_PAGE = 25


class SeatRow(NamedTuple):
    """An open offer or a taken seat of one member. `until` is when it is over as it stands."""

    id: int
    case_id: int
    state: str
    until: datetime
    kind: str


class Matter(NamedTuple):
    """What a case is about. `version` and `text` are fixed by its alert; `post_id` is None for a name or about text."""

    about: str
    post_id: int | None
    author_id: int
    version: int
    text: str


class CaseRow(NamedTuple):
    """A decided case for lists and its page. `standard` is a key, `title` as it stood; both empty where all standards count."""

    id: int
    kind: str
    judges: str
    outcome: str
    standard: str
    title: str
    charter: int
    clearly_breaks: int
    breaks: int
    keeps: int
    clearly_keeps: int
    empty_seats: int
    seats: int
    needed: int
    pool_size: int
    opened_at: datetime
    decided_at: datetime
    post_id: int | None
    thread_id: int | None
    forum_id: int | None
    post_number: int | None
    author_id: int
    of_id: int | None
    because: str
    by_id: int | None
    entry: int

    @property
    def for_removal(self) -> int:
        return self.clearly_breaks + self.breaks

    @property
    def votes(self) -> int:
        return self.for_removal + self.keeps + self.clearly_keeps


_CASES = """
SELECT c.id, c.kind, c.judges, v.outcome, c.standard, COALESCE(s.title, ''), c.charter, v.clearly_breaks, v.breaks,
       v.keeps, v.clearly_keeps, v.empty_seats, c.seats, c.needed, c.pool_size, c.opened_at, c.decided_at, c.post_id,
       p.thread_id, p.forum_id, p.number, c.author_id, c.of_id, v.because, v.by_id, v.entry
  FROM standards_case c
  JOIN standards_verdict v ON v.case_id = c.id
  LEFT JOIN standards_standard s ON s.charter_id = c.charter AND s.key = c.standard
  LEFT JOIN forums_post p ON p.id = c.post_id
 WHERE """


def _cases(where: str, parameters: Sequence[Any]) -> list[CaseRow]:
    with connection.cursor() as cursor:
        cursor.execute(_CASES + where, list(parameters))
        rows = cursor.fetchall()
    return [CaseRow._make((*row[:15], instant_of(row[15]), instant_of(row[16]), *row[17:])) for row in rows]


def case(case_id: int) -> CaseRow | None:
    """One decided case; None while there is no verdict, so that nothing of it is public before."""
    found = _cases("c.id = %s", [case_id])
    return found[0] if found else None


def cases(
    *,
    before: int | None = None,
    readable: Collection[int] | None = None,
    author_id: int | None = None,
    limit: int = A_PAGE,
) -> list[CaseRow]:
    """Decided cases, the newest verdict first. `before` is the entry number of the last row of the page before; `readable`
    are the forums that the reader may read (cases outside forums are everybody's); None: all."""
    where, parameters = ["v.entry < %s"], [before or 2**62]
    if readable is not None:
        marks = ", ".join(["%s"] * len(readable)) or "NULL"
        where.append(f"(p.forum_id IS NULL OR p.forum_id IN ({marks}))")
        parameters.extend(readable)
    if author_id is not None:
        where.append("c.author_id = %s")
        parameters.append(author_id)
    return _cases(" AND ".join(where) + " ORDER BY v.entry DESC LIMIT %s", [*parameters, limit])


def precedents(standard: str, *, readable: Collection[int] | None = None, limit: int = 5) -> list[CaseRow]:
    """The last verdicts of juries under a standard, for a juror's paper."""
    where, parameters = "c.standard = %s AND c.judges = 'jury' AND c.kind = 'alert'", [standard, *(readable or ())]
    if readable is not None:
        where += f" AND (p.forum_id IS NULL OR p.forum_id IN ({', '.join(['%s'] * len(readable)) or 'NULL'}))"
    return _cases(where + " ORDER BY v.entry DESC LIMIT %s", [*parameters, limit])


def reasons(case_id: int) -> list[str]:
    """The papers' reasons of a decided case, without names; empty while it is open."""
    found = Case.objects.filter(pk=case_id, stage=Case.Stage.DECIDED).first()
    return [] if found is None else deciding.reasons(found)


def matter(case: Case) -> Matter:
    """What a case is about: its own alert's, or for an appeal that of the case it contests."""
    of: Case | None = case
    while of is not None:
        alert = Alert.objects.filter(case=of).order_by("at", "pk").first()
        if alert is not None:
            return Matter(alert.about, alert.post_id, alert.author_id, alert.version, alert.text)
        of = of.of
    version = 1 if case.post is None else case.post.version
    return Matter(Alert.About.POST if case.post_id is not None else "", case.post_id, case.author_id, version, "")


def mine(member_id: int) -> list[SeatRow]:
    """The open offers and taken seats of one member. Ask only for members whom `convening.summoned()` names."""
    sql = """
    SELECT s.id, s.case_id, s.state, COALESCE(s.vote_by, s.answer_by), c.kind
      FROM standards_poolmember d JOIN standards_seat s ON s.drawn_id = d.id JOIN standards_case c ON c.id = s.case_id
     WHERE d.member_id = %s AND s.state IN ('offered', 'taken') AND c.stage IN ('waiting', 'sitting') ORDER BY s.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [member_id])
        return [SeatRow._make((*row[:3], instant_of(row[3]), row[4])) for row in cursor.fetchall()]


class Paper(NamedTuple):
    """What a juror is given to read: the matter as it was alerted on, why, under which standard (None: all of them).

    `source` is the alerted version of a post; `answers` the post that it answers, if that is shown. `has_changed` is whether
    the author has written a newer version or withdrawn it since, so that the paper asks whether the fault is gone.
    """

    seat: Seat
    case: Case
    matter: Matter
    standard: Standard | None
    because: tuple[str, ...]
    post: Post | None
    source: SourceText | None
    newest: SourceText | None
    answers: Post | None
    has_changed: bool
    author_name: str


def paper(seat: Seat) -> Paper:
    """Everything a seat's paper shows; the page masks the author in it."""
    case = Case.objects.select_related("author", "post__thread", "post__forum", "of").get(pk=seat.case_id)
    about = matter(case)
    post = case.post
    source = newest = None
    answers = None
    if post is not None:
        sources = SourceText.objects.filter(post=post, version__in=[about.version, post.version])
        by_version = {one.version: one for one in sources}
        source, newest = by_version.get(about.version), by_version.get(post.version)
        if post.answers_id is not None:
            answers = Post.objects.filter(pk=post.answers_id, standing=Post.Standing.SHOWN).first()
        changed = post.version != about.version or post.standing == Post.Standing.WITHDRAWN
    else:
        changed = bool(about.text) and about.text not in {case.author.name, case.author.about}
    why = Alert.objects.filter(case=case).exclude(because="").order_by("at", "pk").values_list("because", flat=True)
    return Paper(
        seat,
        case,
        about,
        Standard.objects.filter(charter_id=case.charter, key=case.standard).first(),
        tuple(why),
        post,
        source,
        newest,
        answers,
        changed,
        case.author.name,
    )


class AlertRow(NamedTuple):
    """One of a member's own alerts, for their own page. `case_id` only once there is a verdict."""

    id: int
    about: str
    post_id: int | None
    standard: str
    because: str
    state: str
    answer: str
    case_id: int | None
    at: datetime


def own_alerts(member_id: int, *, limit: int = 50) -> list[AlertRow]:
    """A member's own alerts, the newest first."""
    found = Alert.objects.filter(by_id=member_id).select_related("case").order_by("-at", "-pk")[:limit]
    return [
        AlertRow(
            one.pk,
            one.about,
            one.post_id,
            one.standard,
            one.because,
            one.state,
            one.answer,
            one.case_id if one.case is not None and one.case.stage == Case.Stage.DECIDED else None,
            one.at,
        )
        for one in found
    ]


def for_hosts(forum_ids: Collection[int], *, limit: int = 50) -> list[Alert]:
    """The alerts that wait for hosts' answers in some forums, the oldest first. Whose they are is nobody's to show."""
    found = Alert.objects.filter(state=Alert.State.HOSTS, post__forum_id__in=list(forum_ids))
    return list(found.select_related("post__thread", "post__forum", "author").defer("by").order_by("at", "pk")[:limit])


def to_decide_alone(*, judges: Collection[str] = (Case.Judges.HOST, Case.Judges.OPERATOR)) -> list[Case]:
    """Open cases for which too few could be drawn; who of the asking may decide, `permissions.may_decide_alone` says."""
    open_ones = Case.objects.filter(stage__in=[Case.Stage.WAITING, Case.Stage.SITTING], judges__in=list(judges))
    return list(open_ones.select_related("author", "post__thread", "post__forum").order_by("opened_at", "pk"))


class Service(NamedTuple):
    """A member's standing as a juror, for their own page."""

    is_available: bool
    rests_until: datetime | None
    served: int


def service(member_id: int) -> Service:
    """Whether a member is available, until when they rest, and on how many juries they voted."""
    setting = JurorSetting.objects.filter(member_id=member_id).first()
    served = PoolMember.objects.filter(member_id=member_id, seat__state=Seat.State.VOTED).count()
    rests = None if setting is None or setting.rests_until is None else setting.rests_until
    if rests is not None and rests <= clock.now():
        rests = None
    return Service(setting is None or setting.is_available, rests, served)


def verdict_of(case_id: int) -> Verdict | None:
    """The verdict's row."""
    return Verdict.objects.filter(case_id=case_id).select_related("case", "removal", "by").first()
