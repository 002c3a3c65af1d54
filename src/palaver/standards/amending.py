"""Amendments: proposed as a redline, talked about in a thread, put to the ballot; vetoed for law, or withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.ballots import closing, opening
from palaver.ballots.models import Ballot
from palaver.forums import posting
from palaver.forums.models import Forum
from palaver.kit import clock, events
from palaver.kit.decisions import Refusal
from palaver.kit.text import slugs, subjects
from palaver.kit.text.letters import reason, storable
from palaver.record.entering import enter
from palaver.standards import charter, electorate
from palaver.standards.charter import CharterNow, StandardRow
from palaver.standards.events import AmendmentChanged, CharterAdopted
from palaver.standards.models import Amendment, Change, Charter, CharterSetting
from palaver.standards.permissions import may_propose, may_put_to_ballot, may_veto, may_withdraw_amendment

LONGEST_TITLE = 120
LONGEST_RULE = 2000
LONGEST_EXAMPLES = 2000
LONGEST_BECAUSE = 10_000
LONGEST_GROUND = 1000
MOST_DAYS = 60
KINDS = ("post", "name", "about")
State = Amendment.State


class Wish(NamedTuple):
    """One standard as somebody wants it. `act` is add, change or drop; of a drop the key alone counts."""

    act: str
    key: str
    title: str = ""
    rule: str = ""
    breaks: str = ""
    keeps: str = ""
    forum_id: int | None = None
    kinds: tuple[str, ...] = ("post",)
    is_openable: bool = True
    for_hosts: bool = False

    def row(self) -> StandardRow:
        """As it would stand in the charter."""
        return StandardRow(*self[1:6], self.forum_id, self.kinds, self.is_openable, self.for_hosts)


class Outdated(Refusal):
    """The charter has changed meanwhile in a place that the amendment changes too."""

    status = 409


def propose(
    *,
    by: Member,
    title: str,
    because: str,
    changes: Sequence[Wish],
    base: int | None = None,
    effective_after_days: int = 7,
) -> Amendment:
    """Propose an amendment against a version (the latest, unless told) and open its thread. One at a time a member.

    Raises NotAllowed, Outdated (the same standard has changed since `base`), or Refusal with the field.
    """
    title = subjects.clean(title)
    because = _because(because)
    if not 0 <= effective_after_days <= MOST_DAYS:
        raise Refusal(
            _("An amendment comes into force within %(most)s days of its adoption.") % {"most": MOST_DAYS},
            field="effective_after_days",
        )
    with transaction.atomic():
        may_propose(by).or_refuse()
        latest = charter.latest()
        started_from = latest if base is None else charter.version(base)
        if started_from is None:
            raise Refusal(_("There is no such version of the charter. Open the form again."))
        wishes = fit(changes, started_from)
        not_outdated(wishes, started_from, latest)
        Member.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
        if (running := Amendment.objects.filter(by=by, state__in=[State.PROPOSED, State.VOTING]).first()) is not None:
            raise Refusal(
                _("Your amendment “%(title)s” is not decided yet. One at a time: finish or withdraw it first.")
                % {"title": running.title}
            )
        amendment = Amendment.objects.create(
            title=title,
            base=started_from.version,
            by=by,
            because=because,
            effective_after_days=effective_after_days,
            proposed_at=clock.now(),
        )
        Change.objects.bulk_create([_change(amendment, wish) for wish in wishes])
        amendment.thread = posting.start_thread(
            forum=forum_for_amendments(),
            author=by,
            subject=_titled(title),
            text=_("%(because)s\n\nThe change word by word, and later the ballot: %(link)s")
            % {"because": because, "link": f"[/charter/amendments/{amendment.pk}](/charter/amendments/{amendment.pk})"},
        )
        amendment.save(update_fields=["thread"])
        events.publish(AmendmentChanged(amendment.pk, amendment.state))
        _enter("amendment.propose", "member", amendment, {"base": amendment.base, "by": by.pk})
    return amendment


def put_to_ballot(amendment: Amendment, *, by: Member) -> Ballot:
    """Open the ballot on an amendment. Raises NotAllowed, Outdated, or Refusal while the founding time lasts."""
    with transaction.atomic():
        amendment = _locked(amendment)
        may_put_to_ballot(by, amendment).or_refuse()
        if amendment.state != State.PROPOSED:
            raise Refusal(_("This amendment has been put to the ballot, or has been decided."))
        if electorate.is_founding_time():
            raise Refusal(
                _(
                    "Fewer than %(least)s members may vote so far, so the operators still adopt the charter directly. Your"
                    " amendment stays open; it can be put to the ballot as soon as there are enough."
                )
                % {"least": electorate.FOUNDING_BELOW}
            )
        if electorate.to_confirm() is not None:
            raise Refusal(
                _(
                    "The first ballot is on the founders’ charter itself: the members confirm or reopen it. It opens by itself;"
                    " amendments follow after it."
                )
            )
        not_outdated(wishes_of(amendment), charter.version(amendment.base), charter.latest())
        now = clock.now()
        who = list(electorate.eligible(now).values_list("pk", flat=True))
        ballot = opening.open_ballot(
            about=f"amendment:{amendment.pk}",
            title=amendment.title,
            text=amendment.because,
            method=Ballot.Method.MOTION,
            electors=who,
            opened_by=by,
            closes_at=now + electorate.WINDOW,
            is_secret=True,
            quorum=electorate.quorum(len(who)),
            two_thirds=not is_reopened(),
        )
        amendment.ballot, amendment.state = ballot, State.VOTING
        amendment.save(update_fields=["ballot", "state"])
        events.publish(AmendmentChanged(amendment.pk, amendment.state))
        _enter("amendment.ballot", "member", amendment, {"ballot": ballot.pk, "by": by.pk})
    return ballot


def withdraw(amendment: Amendment, *, by: Member, because: str = "") -> Amendment:
    """Take back one's own amendment before its ballot."""
    because = reason(because, LONGEST_GROUND)
    with transaction.atomic():
        amendment = _locked(amendment)
        may_withdraw_amendment(by, amendment).or_refuse()
        _decide(amendment, State.WITHDRAWN, by, because)
        _enter("amendment.withdraw", "member", amendment, {"because": because, "by": by.pk})
    return amendment


def veto(amendment: Amendment, *, by: Member, because: str) -> Amendment:
    """Stop an amendment that the law forbids; the ground stands on the record. Its running ballot is called off.

    One that was adopted can be vetoed until it is in force, while nothing was adopted after it: the text before is then put
    back as a version of its own. Raises NotAllowed, or Refusal.
    """
    because = reason(because, LONGEST_GROUND)
    with transaction.atomic():
        may_veto(by).or_refuse()
        if not because:
            raise Refusal(_("Say which law forbids it; the ground stands on the record."), field="because")
        amendment = _locked(amendment)
        if amendment.state == State.ADOPTED:
            undone = _before_it_is_in_force(amendment)
            write_version(
                undone.standards,
                how=Charter.How.VETO,
                by=by,
                because=because,
                effective_at=charter.locked().effective_at,
                office="operator",
            )
        elif amendment.state not in {State.PROPOSED, State.VOTING}:
            raise Refusal(_("This amendment is over, so there is nothing to veto."))
        if amendment.state == State.VOTING and amendment.ballot is not None:
            closing.call_off(
                amendment.ballot, by=by, because=_("Vetoed for law: %(ground)s") % {"ground": because[:400]}
            )
        _decide(amendment, State.VETOED, by, because)
        _enter("amendment.veto", "operator", amendment, {"because": because, "by": by.pk})
    return amendment


def settle_forum(forum: Forum | None, *, by: Member) -> None:
    """Settle in which forum amendments are talked about; None: the first main forum. An act on the record."""
    may_veto(by).or_refuse()
    if forum is not None and (forum.retired_at is not None or forum.who_reads != Forum.Gate.EVERYONE):
        raise Refusal(_("Choose a forum that everybody reads and that is not retired."), field="forum")
    with transaction.atomic():
        CharterSetting.objects.update_or_create(pk=1, defaults={"forum": forum})
        events.publish(AmendmentChanged(0, "settled"))
        enter(
            "charter.forum",
            office="operator",
            subject="charter" if forum is None else f"forum:{forum.pk}",
            payload={"by": by.pk, "forum": None if forum is None else forum.pk},
        )


def forum_for_amendments() -> Forum:
    """Where amendments are talked about: as settled, else the first main forum that everybody reads. Raises Refusal."""
    open_ones = Forum.objects.filter(retired_at=None, who_reads=Forum.Gate.EVERYONE)
    settled = CharterSetting.objects.filter(pk=1).values_list("forum_id", flat=True).first()
    chosen = None if settled is None else open_ones.filter(pk=settled).first()
    found = chosen or open_ones.order_by("-is_main", "place", "id").first()
    if found is None:
        raise Refusal(_("There is no forum yet that everybody reads, so an amendment has no place to be talked about."))
    return found


def is_reopened() -> bool:
    """Whether the members have refused to confirm the founders' charter: then a simple majority amends it, once."""
    newest = Charter.objects.order_by("-version").first()
    return newest is not None and newest.confirmed is False


def wishes_of(amendment: Amendment) -> list[Wish]:
    """An amendment's changes as they were proposed."""
    return [
        Wish(
            one.act,
            one.key,
            one.title,
            one.rule,
            one.breaks,
            one.keeps,
            one.forum_id,
            tuple(one.kinds),
            one.is_openable,
            one.for_hosts,
        )
        for one in amendment.changes.order_by("pk")
    ]


def changed(rows: Sequence[StandardRow], wishes: Collection[Wish]) -> tuple[StandardRow, ...]:
    """Some standards with the wishes fulfilled: changed in their places, what is new at the end."""
    by_key = {wish.key: wish for wish in wishes}
    kept = [
        by_key[row.key].row() if row.key in by_key else row
        for row in rows
        if row.key not in by_key or by_key[row.key].act != Change.Act.DROP
    ]
    known = {row.key for row in rows}
    return (*kept, *(wish.row() for wish in wishes if wish.act == Change.Act.ADD and wish.key not in known))


def outdated(wishes: Collection[Wish], base: CharterNow, latest: CharterNow) -> list[str]:
    """The titles of the standards that have changed between two versions and that the wishes change too."""
    found = []
    for wish in wishes:
        then, now = base.standard(wish.key), latest.standard(wish.key)
        if then != now:
            known = now or then
            assert known is not None
            found.append(known.title)
    return found


def not_outdated(wishes: Collection[Wish], base: CharterNow | None, latest: CharterNow) -> None:
    """Raise Outdated when the charter has changed meanwhile in the same place."""
    if base is None or base.version == latest.version:
        return
    if titles := outdated(wishes, base, latest):
        raise Outdated(
            _(
                "The charter has changed since version %(base)s in the same place: %(titles)s. Compare with version"
                " %(latest)s and write your change against that."
            )
            % {"base": base.version, "titles": ", ".join(titles), "latest": latest.version}
        )


def fit(changes: Sequence[Wish], base: CharterNow) -> list[Wish]:
    """The changes as they are kept: cleaned, with keys, none that changes nothing. Raises Refusal; `field` is `key:name`."""
    kept: list[Wish] = []
    taken = {row.key for row in base.standards}
    for wish in changes:
        if wish.act == Change.Act.ADD:
            wish = _cleaned(wish)
            key = _key(wish.title, taken)
            taken.add(key)
            kept.append(wish._replace(key=key))
            continue
        row = base.standard(wish.key)
        if row is None:
            raise Refusal(_("The charter has no standard “%(key)s”. Open the form again.") % {"key": wish.key[:40]})
        if wish.act == Change.Act.DROP:
            kept.append(Wish(Change.Act.DROP.value, row.key, kinds=()))
        elif wish.act == Change.Act.CHANGE:
            wish = _cleaned(wish)
            if wish.row() != row:
                kept.append(wish)
        else:
            raise ValueError(f"There is no change {wish.act!r}.")
    if not kept:
        raise Refusal(_("This changes nothing yet. Change a standard, add one or drop one."))
    if len({wish.key for wish in kept}) < len(kept):
        raise Refusal(_("A standard is changed twice here. Open the form again."))
    if not changed(base.standards, kept):
        raise Refusal(_("A charter needs at least one standard."))
    return kept


def write_version(
    rows: Sequence[StandardRow], *, how: str, by: Member | None, because: str, effective_at: datetime, office: str,
    ballot: Ballot | None = None,
) -> Charter:  # fmt: skip
    """Adopt a text as the next version, in the caller's transaction. Versions come into force in their order."""
    with transaction.atomic():
        newest = charter.locked()
        adopted = Charter.objects.create(
            version=newest.version + 1,
            how=how,
            by=by,
            ballot=ballot,
            because=because,
            adopted_at=clock.now(),
            effective_at=max(effective_at, newest.effective_at),
        )
        charter.write_standards(adopted.version, rows)
        events.publish(CharterAdopted(adopted.version))
        enter(
            "charter.adopt",
            office=office,
            subject=f"charter:{adopted.version}",
            payload={
                "ballot": None if ballot is None else ballot.pk,
                "because": because,
                "by": None if by is None else by.pk,
                "effective_at": adopted.effective_at.isoformat(),
                "how": how,
                "standards": [{**row._asdict(), "kinds": list(row.kinds)} for row in rows],
            },
        )
    return adopted


def _before_it_is_in_force(amendment: Amendment) -> CharterNow:
    latest = charter.locked()
    if latest.version != amendment.charter_version or latest.effective_at <= clock.now():
        raise Refusal(
            _(
                "This amendment is in force, or others were adopted after it. What the law forbids now needs an amendment."
            )
        )
    undone = charter.version(latest.version - 1)
    assert undone is not None
    return undone


def _locked(amendment: Amendment) -> Amendment:
    """The amendment as it stands, behind its ballot's row where there is one: the count comes by the same way."""
    if amendment.ballot_id is not None:
        Ballot.objects.select_for_update(of=("self",), no_key=True).get(pk=amendment.ballot_id)
    return (
        Amendment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("by", "ballot", "thread")
        .get(pk=amendment.pk)
    )


def _decide(amendment: Amendment, state: str, by: Member | None, because: str) -> None:
    amendment.state, amendment.decided_at = state, clock.now()
    amendment.decided_by, amendment.decided_because = by, because
    amendment.save(update_fields=["state", "decided_at", "decided_by", "decided_because", "charter_version"])
    events.publish(AmendmentChanged(amendment.pk, state))


def _enter(act: str, office: str, amendment: Amendment, payload: dict[str, object]) -> None:
    enter(act, office=office, subject=f"amendment:{amendment.pk}", payload=payload)


def _change(amendment: Amendment, wish: Wish) -> Change:
    fields = wish._asdict() | {"kinds": list(wish.kinds)}
    return Change(amendment=amendment, **fields)


def _titled(title: str) -> str:
    said = _("Amendment: %(title)s") % {"title": title}
    return said if len(said) <= subjects.LONGEST else title


def _because(text: str) -> str:
    text = storable(text).strip()
    if not text:
        raise Refusal(_("Say why: it opens the thread in which the amendment is talked about."), field="because")
    if len(text) > LONGEST_BECAUSE:
        raise Refusal(
            _("This has %(length)s characters; %(longest)s fit. Shorten it.")
            % {"length": len(text), "longest": LONGEST_BECAUSE},
            field="because",
        )
    return text


def _cleaned(wish: Wish) -> Wish:
    title = subjects.visible(wish.title)
    rule = " ".join(storable(wish.rule).split())
    texts = {"title": (title, LONGEST_TITLE), "rule": (rule, LONGEST_RULE)}
    for name in ("breaks", "keeps"):
        lines = (" ".join(line.split()) for line in storable(getattr(wish, name)).splitlines())
        texts[name] = ("\n".join(line for line in lines if line), LONGEST_EXAMPLES)
    for name, (text, longest) in texts.items():
        if len(text) > longest:
            raise Refusal(
                _("This has %(length)s characters; %(longest)s fit. Shorten it.")
                % {"length": len(text), "longest": longest},
                field=f"{wish.key}:{name}",
            )
    if not title:
        raise Refusal(_("A standard needs a title."), field=f"{wish.key}:title")
    if not rule:
        raise Refusal(_("A standard needs its rule, in a sentence or two."), field=f"{wish.key}:rule")
    kinds = tuple(kind for kind in KINDS if kind in wish.kinds)
    if not kinds:
        raise Refusal(
            _("Say what can be alerted under it: posts, names, or what members say of themselves."),
            field=f"{wish.key}:kinds",
        )
    if wish.forum_id is not None and not Forum.objects.filter(pk=wish.forum_id).exists():
        raise Refusal(_("There is no such forum."), field=f"{wish.key}:forum")
    return wish._replace(title=title, rule=rule, breaks=texts["breaks"][0], keeps=texts["keeps"][0], kinds=kinds)


def _key(title: str, taken: Collection[str]) -> str:
    made = slugs.slug(title)[:36].encode("ascii", "ignore").decode().strip("-") or "standard"
    key, number = made, 2
    while key in taken:
        key, number = f"{made}-{number}", number + 1
    return key
