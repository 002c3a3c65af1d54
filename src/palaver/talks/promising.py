"""The promises of a talk over time: what an act or the clock does to each. Fold uses it; nothing else does.

The clock is a heap of alarms. An alarm never changes anything by itself: it asks again whether the promise still stands so
that the time that has come matters to it, so alarms need not be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush
from typing import Any

from palaver.talks import commitments as words
from palaver.talks.acts import Act
from palaver.talks.commitments import LASTING, LIVE, RECURRING, Occurrence, Standing, Terms
from palaver.talks.conditions import OVER_COMMITMENTS, Condition, Facts, holds, limit, parts
from palaver.talks.tracks import Track
from palaver.talks.when import after, days, when

DRAFTED = Standing("drafted")


class Promise:
    """One commitment while it is folded: its terms, its track, and what has ever been true of it."""

    __slots__ = (
        "agreed_breach", "allegations", "before_stop", "cycles", "detached_at", "due_at", "ever", "findings",
        "kept_at", "kept_cycles", "rank", "stop_ends", "terms", "track",
    )  # fmt: skip

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.track: Track[Standing] = Track(DRAFTED)
        self.ever: set[str] = set()
        self.rank = 0
        self.detached_at: int | None = None
        self.due_at: int | None = None
        self.stop_ends = 0
        self.before_stop = "detached"
        self.cycles: list[int] = []
        self.kept_cycles: dict[int, str] = {}
        self.kept_at: dict[int, int] = {}
        self.allegations: dict[str, str] = {}
        self.findings: dict[str, Mapping[str, Any]] = {}
        self.agreed_breach: set[str] = set()


class Promises:
    """All promises of one talk. `at` is always the instant that is being folded."""

    def __init__(self) -> None:
        self.all: dict[str, Promise] = {}
        self.facts: Facts
        self.at = 0
        self._alarms: list[tuple[int, int, str]] = []
        self._waiting: dict[tuple[str, str], set[str]] = {}
        self._awake: set[str] = set()
        self._number = 0
        self.successors: dict[str, str] = {}
        self._predecessors: dict[str, list[str]] = {}
        self._since: dict[int, int] = {}
        self._with_windows: list[Promise] = []

    # ------------------------------------------------------------ the clock

    def next_alarm(self) -> int | None:
        """The second at which something comes due next, or None."""
        return self._alarms[0][0] if self._alarms else None

    def ring(self, until: int) -> None:
        """Let every alarm up to an instant go off, each at its own second."""
        alarms = self._alarms
        while alarms and alarms[0][0] <= until:
            self.at = alarms[0][0]
            due: set[str] = set()
            while alarms and alarms[0][0] == self.at:
                due.add(heappop(alarms)[2])
            for name in sorted(due):
                self._time_has_come(self.all[name])
            self._awake |= due
            self.settle()

    def _set_alarm(self, at: int, name: str) -> None:
        """An alarm for what has passed already goes off now: time never runs backwards."""
        self._number += 1
        heappush(self._alarms, (max(at, self.at), self._number, name))

    def _time_has_come(self, promise: Promise) -> None:
        """What the mere passing of time does (C4 a, C6, C7, C9)."""
        terms, now = promise.terms, promise.track.now
        if now.status == "conditional" and terms.due is not None and self.at > terms.due.end:
            self._move(promise, Standing("expired", "time"))
        elif now.status == "stopped" and self._outlasted(promise):
            self._move(promise, now._replace(status="violated", ground="stop outlasted its grace"))
        elif now.status in {"detached", "stopped"} and terms.kind == RECURRING:
            self._count_cycles(promise)
        elif now.status in {"detached", "stopped"} and promise.due_at is not None and self.at > promise.due_at:
            if terms.kind in LASTING:
                pass
            elif terms.kind == words.BEST_EFFORT:
                self._overlay(promise, "overdue", "at_risk")
            elif terms.silence_is_breach:
                self._move(
                    promise, now._replace(status="violated", ground="due passed; the text says silence is breach")
                )
            elif now.status == "stopped":
                self._move(promise, now._replace(status="violated", ground="due passed while stopped by the debtor"))
            else:
                self._overlay(promise, "overdue", "unverified")
        if terms.until is not None and self.at > terms.until.end:
            self._end_of_time(promise)

    def _outlasted(self, promise: Promise) -> bool:
        if promise.terms.kind == words.BEST_EFFORT:
            return False
        return self.at > promise.stop_ends + days(promise.terms.grace)

    def _end_of_time(self, promise: Promise) -> None:
        """The end of a lasting promise: kept, if it was being kept; one that never fell due has lapsed."""
        status = promise.track.now.status
        if status == "detached":
            late = "violated" in promise.ever
            self._move(
                promise, promise.track.now._replace(status="satisfied", ground="its time has ended", is_late=late)
            )
        elif status == "conditional":
            self._move(promise, Standing("expired", "its time has ended"))

    def _count_cycles(self, promise: Promise) -> None:
        """Recurring: periods whose last second has passed and that nobody has called kept are overdue (C9)."""
        terms = promise.terms
        assert terms.begins is not None
        cycles = promise.cycles
        while True:
            ends = after(terms.begins.start, months=terms.every * (len(cycles) + 1)) - 1
            if ends >= self.at or (terms.until is not None and ends > terms.until.end):
                break
            cycles.append(ends)
        now = promise.track.now
        overdue = tuple(end for end in cycles if end not in promise.kept_cycles)
        if overdue and now.status == "stopped":
            self._move(promise, now._replace(status="violated", ground="due passed while stopped by the debtor"))
        elif overdue and terms.silence_is_breach and now.status == "detached":
            self._move(promise, now._replace(status="violated", ground="due passed; the text says silence is breach"))
        elif overdue != now.overdue:
            overlays = now.overlays | {"overdue"} if overdue else now.overlays - {"overdue"}
            promise.track.set(self.at, now._replace(overdue=overdue, overlays=overlays))
        following = after(terms.begins.start, months=terms.every * (len(cycles) + 1))
        if promise.track.now.status in LIVE and (terms.until is None or following <= terms.until.end + 1):
            self._set_alarm(following, terms.id)

    # ------------------------------------------------------------ conditions

    def settle(self) -> None:
        """The least fixpoint: ask every promise that may have changed, the lower ranks first, until none does.

        The result does not depend on the order of asking within a rank, since every atom between commitments only becomes true.
        """
        while self._awake:
            lowest = min(self.all[name].rank for name in self._awake)
            for name in sorted(n for n in self._awake if self.all[n].rank == lowest):
                self._awake.discard(name)
                self._ask(self.all[name])

    def stir(self, key: tuple[str, str]) -> None:
        """Something that conditions ask about has changed: wake those who wait for it."""
        waiting = self._waiting.get(key)
        if waiting:
            self._awake |= waiting

    def _ask(self, promise: Promise) -> None:
        terms, status = promise.terms, promise.track.now.status
        if status == "conditional" and holds(terms.antecedent, self.facts) and self._has_begun(terms):
            promise.detached_at = self.at
            self._move(promise, promise.track.now._replace(status="detached", ground="its condition is met"))
            self._start_clock(promise)
            status = promise.track.now.status
        if status in {"detached", "stopped"} and promise.due_at is None and terms.due_after is not None:
            self._start_clock(promise)
        done_once = terms.kind not in LASTING and terms.kind != RECURRING and terms.consequent is not None
        if done_once and status in {"detached", "stopped", "violated"} and holds(terms.consequent, self.facts):
            self._keep(promise, "its condition is met")
        lasts = terms.until_condition is not None and status in {"detached", "conditional"}
        if lasts and holds(terms.until_condition, self.facts):
            self._end_of_time(promise)

    def _has_begun(self, terms: Terms) -> bool:
        return terms.begins is None or terms.kind == RECURRING or self.at >= terms.begins.start

    def _start_clock(self, promise: Promise) -> None:
        terms = promise.terms
        if terms.due_after is not None:
            after_what: Condition = terms.due_after.get("after")
            since = self.at if holds(after_what, self.facts) else None
            if since is None:
                return
            promise.due_at = _end_of_day(
                after(
                    since,
                    months=int(terms.due_after.get("months", 0)),
                    number_of_days=int(terms.due_after.get("days", 0)),
                )
            )
        elif terms.due is not None:
            promise.due_at = terms.due.end
        if promise.due_at is not None:
            self._set_alarm(promise.due_at + 1, terms.id)
        if terms.kind == RECURRING:
            assert terms.begins is not None
            self._set_alarm(after(terms.begins.start, months=terms.every * (len(promise.cycles) + 1)), terms.id)

    def became(self, within: object) -> int | None:
        """When the `after` of a `within` was first seen true."""
        return self._since.get(id(within))

    def look_at_windows(self) -> None:
        """Note when the beginnings of `within` become true; when a window closes, who asks about it is asked again."""
        for promise in self._with_windows:
            for condition in promise.terms.asked:
                for part, _negated in parts(condition):
                    if "within" in part and id(part) not in self._since and holds(part["after"], self.facts):
                        self._since[id(part)] = self.at
                        self._set_alarm(limit(part["within"], self.at) + 1, promise.terms.id)
                        self._awake.add(promise.terms.id)

    # ------------------------------------------------------------ moves

    def add(self, terms: Terms) -> Promise:
        """A promise that nobody has made yet."""
        promise = self.all[terms.id] = Promise(terms)
        if any("within" in part for condition in terms.asked for part, _negated in parts(condition)):
            self._with_windows.append(promise)
        for condition in terms.asked:
            for atom, _negated in parts(condition):
                for word in OVER_COMMITMENTS:
                    if word in atom:
                        self._waiting.setdefault((word, atom[word]), set()).add(terms.id)
                        if word == "kept_so_far":
                            self._waiting.setdefault(("violated", atom[word]), set()).add(terms.id)
                            self._waiting.setdefault(("detached", atom[word]), set()).add(terms.id)
                for word in ("attested", "talk", "measure", "mandate", "found"):
                    if word in atom:
                        key = atom[word]["of"] if word == "found" else atom[word]
                        self._waiting.setdefault((word, "*" if word == "talk" else key), set()).add(terms.id)
        return promise

    def make(self, promise: Promise) -> None:
        """It is made: from now on it binds, when its condition is met (C1 is asked by `authorising`)."""
        terms = promise.terms
        self._move(promise, Standing("conditional", "accepted"))
        self._mark(promise, "committed")
        for condition in terms.asked:
            for atom, _negated in parts(condition):
                if "on" in atom:
                    self._set_alarm(when(atom["on"]).start, terms.id)
        if terms.begins is not None:
            self._set_alarm(terms.begins.start, terms.id)
        if terms.due is not None:
            self._set_alarm(terms.due.end + 1, terms.id)
        if terms.until is not None:
            self._set_alarm(terms.until.end + 1, terms.id)
        self._awake.add(terms.id)

    def _move(self, promise: Promise, standing: Standing) -> None:
        promise.track.set(self.at, standing)
        if standing.status in {"detached", "satisfied", "violated"}:
            self._mark(promise, standing.status)
        self._awake.add(promise.terms.id)

    def _mark(self, promise: Promise, word: str) -> None:
        name = promise.terms.id
        if word not in promise.ever:
            promise.ever.add(word)
            self.stir((word, name))
            for before in self._predecessors.get(name, ()):
                self.stir((word, before))
        if word in {"detached", "violated"}:
            self.stir(("kept_so_far", name))

    def replace(self, old: str, new: str) -> None:
        """An amendment has put one promise in another's place: whoever waited for the old waits for the new (C10)."""
        self.successors[old] = new
        self._predecessors.setdefault(new, []).extend([old, *self._predecessors.get(old, ())])

    def flag(self, name: str, word: str) -> bool:
        """The atoms over commitments, as conditions ask them."""
        promise = self.all.get(name)
        if promise is None:
            return False
        if word not in promise.ever and name in self.successors:
            return self.flag(self.successors[name], word)
        if word == "kept_so_far":
            return "detached" in promise.ever and promise.track.now.status != "violated"
        return word in promise.ever

    def _keep(self, promise: Promise, ground: str, by: str = "") -> None:
        is_late = promise.due_at is not None and self.at > promise.due_at
        late = is_late or "violated" in promise.ever
        now = promise.track.now
        overlays = now.overlays - {"overdue", "at_risk", "unverified"}
        self._move(
            promise, now._replace(status="satisfied", ground=ground, by=by, is_late=late, overlays=overlays, excuse="")
        )

    def _overlay(self, promise: Promise, *names: str) -> None:
        now = promise.track.now
        promise.track.set(self.at, now._replace(overlays=now.overlays | set(names)))

    # ------------------------------------------------------------ acts

    def keep(self, promise: Promise, act: Act, ground: str) -> None:
        """Acknowledged by the creditor, found met, or agreed by all: kept; of a recurring one, the period that is named."""
        named = act.body.get("period")
        if promise.terms.kind == RECURRING and named:
            ends = when(str(named)).end
            if ends not in promise.cycles:
                promise.cycles.append(ends)
                promise.cycles.sort()
            promise.kept_cycles[ends] = "kept_late" if self.at > ends else "kept"
            promise.kept_at[ends] = self.at
            now = promise.track.now
            overdue = tuple(end for end in promise.cycles if end not in promise.kept_cycles and end < self.at)
            overlays = now.overlays | {"overdue"} if overdue else now.overlays - {"overdue"}
            promise.track.set(self.at, now._replace(overdue=overdue, overlays=overlays))
            return
        self._keep(promise, ground, act.seat)

    def stop(self, promise: Promise, act: Act) -> None:
        """The debtor stops without a power to: the clock runs on, and what they name as the reason is kept beside it (C6)."""
        now = promise.track.now
        promise.before_stop = now.status
        promise.stop_ends = act.when.end
        self._move(
            promise,
            now._replace(
                status="stopped",
                ground="stopped by the debtor alone",
                by=act.seat,
                excuse=str(act.body.get("excuse", "")),
            ),
        )
        self._set_alarm(act.when.end + days(promise.terms.grace) + 1, promise.terms.id)
        if promise.due_at is not None:
            self._set_alarm(promise.due_at + 1, promise.terms.id)

    def suspend(self, promise: Promise, act: Act, ground: str) -> None:
        """By agreement or by a power that the text gives: the clock stands still."""
        now = promise.track.now
        promise.before_stop = now.status if now.status in {"conditional", "detached"} else promise.before_stop
        self._move(promise, now._replace(status="suspended", ground=ground, by=act.seat))

    def resume(self, promise: Promise, act: Act) -> None:
        """It runs again; a deadline that lies within a suspension moves by its length."""
        now, since = promise.track.now, promise.track.since(self.at)
        if now.status == "suspended" and promise.due_at is not None and since is not None:
            promise.due_at += self.at - since
            self._set_alarm(promise.due_at + 1, promise.terms.id)
        self._move(promise, now._replace(status=promise.before_stop, ground="resumed", by=act.seat, excuse=""))

    def take_up_again(self, promise: Promise, act: Act) -> None:
        """After a breach: it is owed again, and kept then it is kept late."""
        self._move(
            promise, promise.track.now._replace(status="detached", ground="taken up again", by=act.seat, excuse="")
        )

    def breach(self, promise: Promise, act: Act, ground: str) -> None:
        """With one of the four grounds of C4; an allegation never comes here."""
        self._move(promise, promise.track.now._replace(status="violated", ground=ground, by=act.seat))

    def end(self, promise: Promise, status: str, act: Act, ground: str = "") -> None:
        """Refused, withdrawn, lapsed, released, superseded or terminated. What was breached stays breached, and is over."""
        now = promise.track.now
        if status == "terminated" and now.status == "violated":
            promise.track.set(self.at, now._replace(is_ended=True))
        elif status == "terminated" and promise.terms.survives:
            return
        else:
            self._move(promise, now._replace(status=status, ground=ground, by=act.seat, excuse="", is_ended=True))

    def offer(self, promise: Promise, act: Act) -> None:
        """Put to the other side; without force."""
        self._move(promise, Standing("offered", by=act.seat))

    def say_level(self, promise: Promise, level: str) -> None:
        """How far it has come, on whatever scale the talk uses."""
        promise.track.set(self.at, promise.track.now._replace(level=level))

    def allege(self, promise: Promise, name: str, answer: str) -> None:
        """An allegation and its answer lie over the state and never change it (C4)."""
        promise.allegations[name] = answer
        now = promise.track.now
        overlays = set(now.overlays) - {"alleged", "disputed"}
        if any(said in {"", "denied"} for said in promise.allegations.values()):
            overlays.add("alleged")
        if "denied" in promise.allegations.values():
            overlays.add("disputed")
        promise.track.set(self.at, now._replace(overlays=frozenset(overlays)))

    def occurrences(self, promise: Promise, as_of: int) -> tuple[Occurrence, ...]:
        """The periods of a recurring promise that have ended by an instant, as known at the end of the fold."""
        return tuple(Occurrence(end, promise.kept_cycles.get(end, "overdue")) for end in promise.cycles if end <= as_of)

    def wake_all(self) -> None:
        """After the talk's own state has changed: only those whose conditions name it."""
        self.stir(("talk", "*"))


def _end_of_day(seconds: int) -> int:
    return seconds - seconds % 86_400 + 86_399
