"""The line that stands in place of a removed or held post: who decided, under which standard, and where to read more.

It names the decision and never the author, and it holds no word of what was removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Protocol

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from palaver.forums import reads
from palaver.forums.models import Hold, Post, Removal
from palaver.forums.reads import FoldRow
from palaver.web import assembling, moments

HELD, REMOVED = int(Post.Standing.HELD), int(Post.Standing.REMOVED)

Folds = Mapping[int, FoldRow]
NONE: Folds = {}


class Standing(Protocol):
    """What is asked of a row here."""

    @property
    def id(self) -> int: ...
    @property
    def standing(self) -> int: ...


def of(rows: Iterable[Standing]) -> Folds:
    """Why the posts of a page that are removed or held are not shown: no statement for a page without such a post."""
    folded = [row.id for row in rows if row.standing in (HELD, REMOVED)]
    return reads.folds(folded) if folded else NONE


def words(standing: int) -> str:
    """What lists and the summary table say in place of the post's own words."""
    if standing == REMOVED:
        return _("(removed)")
    if standing == HELD:
        return _("(held back)")
    return _("(withdrawn)")


def line(
    fold: FoldRow,
    where: tzinfo,
    now: datetime | None = None,
    *,
    language: str = "",
    own: bool = False,
    reads_on: bool = True,
) -> Markup:
    """The line for one reader. `own`: its author reads it; `reads_on` offers the text where the standard lets it be opened."""
    said = _held(fold, where, now, language) if fold.ground else _removed(fold)
    more = Markup("")
    if fold.is_openable and reads_on:
        more += Markup(' <a href="/p/{}/removed" rel="nofollow">{}</a>').format(fold.post_id, _("Read it all the same"))
    if own and fold.case_number is not None:
        more += Markup(' <a href="/juries/{}#appeal">{}</a>').format(
            fold.case_number, _("It is yours: what you can do")
        )
    return said + more


def plain(fold: FoldRow) -> str:
    """The same in plain words, for places that hold no link; without the end of a hold."""
    return _held_by(fold) + "." if fold.ground else str(_removed(fold).striptags())


def _removed(fold: FoldRow) -> Markup:
    under: dict[str, Any] = {
        "standard": Markup("<em>{}</em>").format(fold.standard),
        "charter": _charter(fold),
        "n": fold.for_removal,
        "all": fold.votes,
    }
    sentence = {
        Removal.Office.JURY: _("Removed by a jury of members, %(n)s of %(all)s, under %(standard)s%(charter)s"),
        Removal.Office.HOST: _(
            "Removed by a host, for want of enough members for a jury, under %(standard)s%(charter)s"
        ),
        Removal.Office.OPERATOR: _("Removed by an operator under %(standard)s%(charter)s"),
        Removal.Office.WATCH: _("Removed by the watch together with its newcomer’s suspension, which a jury reviews"),
    }.get(Removal.Office(fold.office), _("Removed under %(standard)s%(charter)s"))
    if fold.office == Removal.Office.OPERATOR and fold.case_number is not None:
        sentence = _("Removed by an operator, for want of enough members for a jury, under %(standard)s%(charter)s")
    said = Markup(escape(sentence)) % under
    if fold.case_number is None:
        return said + "."
    return Markup('{} – <a href="/juries/{}">{}</a>.').format(
        said, fold.case_number, _("case %(number)s") % {"number": fold.case_number}
    )


def _charter(fold: FoldRow) -> Markup:
    if fold.charter is None:
        return Markup("")
    return Markup(' (<a href="/charter/{}">{}</a>)').format(
        fold.charter, _("charter %(version)s") % {"version": fold.charter}
    )


def _held_by(fold: FoldRow) -> str:
    ground = {
        Hold.Ground.LAW: _("the law"),
        Hold.Ground.THREAT: _("a threat to a person"),
        Hold.Ground.PRIVATE: _("private data"),
        Hold.Ground.SPAM: _("spam by a newcomer"),
    }[Hold.Ground(fold.ground)]
    if fold.office == Hold.Office.WATCH:
        return _("Held back by two watchers on this ground: %(ground)s") % {"ground": ground}
    return _("Held back by an operator on this ground: %(ground)s") % {"ground": ground}


def _held(fold: FoldRow, where: tzinfo, now: datetime | None, language: str) -> Markup:
    who = _held_by(fold)
    if fold.until is None:
        return Markup("{}. {}").format(who, _("It stands until an operator ends it, on the record."))
    until = moments.moment(fold.until, where, now, language=language)
    time = Markup(assembling.time_tag(until._replace(label=until.exact)))
    return Markup("{}. {}").format(
        who,
        Markup(escape(_("A jury of members decides; without a verdict it is shown again on %(when)s.")))
        % {"when": time},
    )
