"""What a new community may begin with: a few ready sets of forums, from which its founder takes what fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from palaver.forums.models import Category

# Sentences here are lazy: they are written down in the language in which the founder reads them.
Sentence = Any


@dataclass(frozen=True, slots=True)
class ForumPlan:
    """A forum to be made. `key` is what its tick box is called."""

    key: str
    name: Sentence
    description: Sentence
    purpose: Sentence
    main: bool = False


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """A category to be made when one of its forums is."""

    name: Sentence
    mark: Category.Mark
    forums: tuple[ForumPlan, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """One set. A beginning without categories is an empty house."""

    key: str
    name: Sentence
    sentence: Sentence
    categories: tuple[CategoryPlan, ...] = ()

    def forums(self) -> tuple[ForumPlan, ...]:
        """All forums of the set, in order."""
        return tuple(forum for category in self.categories for forum in category.forums)


Mark = Category.Mark


def _questions(key: str) -> CategoryPlan:
    return CategoryPlan(
        _("Support forums"),
        Mark.SUPPORT,
        (
            ForumPlan(
                f"{key}-help",
                _("Questions about this forum"),
                _("How things work here, and what could work better."),
                _("Ask how something is done here, report what does not work, and propose what is missing."),
            ),
        ),
    )


BEGINNINGS: tuple[Beginning, ...] = (
    Beginning(
        "civic",
        _("A civic community"),
        _("A town, a quarter, a union, a party: news, public questions, and neighbours."),
        (
            CategoryPlan(
                _("Main forums"),
                Mark.MAIN,
                (
                    ForumPlan(
                        "civic-news",
                        _("Latest news"),
                        _("What has happened, with its source."),
                        _("News of the last days that concern us, each with a link to where it was reported."),
                        True,
                    ),
                    ForumPlan(
                        "civic-general",
                        _("General discussion"),
                        _("Whatever concerns us all."),
                        _("For everything of common concern that has no forum of its own."),
                        True,
                    ),
                    ForumPlan(
                        "civic-lounge",
                        _("The lounge"),
                        _("Off duty: bread, weather, songs."),
                        _("For what makes neighbours of us. Public questions have their own forums."),
                        True,
                    ),
                ),
            ),
            CategoryPlan(
                _("Public questions"),
                Mark.ISSUE,
                (
                    ForumPlan(
                        "civic-planning",
                        _("Building and planning"),
                        _("What is built, where, and who decides."),
                        _("Plans, permits and their consequences."),
                    ),
                    ForumPlan(
                        "civic-transport",
                        _("Getting about"),
                        _("Buses, bicycles, pavements, parking."),
                        _("How we move about, and how it could be better."),
                    ),
                    ForumPlan(
                        "civic-schools",
                        _("Schools and children"),
                        _("Teaching, care and growing up."),
                        _("Everything about schools, nurseries and those who go there."),
                    ),
                ),
            ),
            _questions("civic"),
        ),
    ),
    Beginning(
        "club",
        _("A hobby club"),
        _("People who share a craft, a game, a garden: show, ask, meet, swap."),
        (
            CategoryPlan(
                _("Main forums"),
                Mark.MAIN,
                (
                    ForumPlan(
                        "club-general",
                        _("Talk"),
                        _("Anything about what we do."),
                        _("For every conversation about our common interest."),
                        True,
                    ),
                    ForumPlan(
                        "club-show",
                        _("Show and tell"),
                        _("What I made, found or finished."),
                        _("Show your own work and say how it was done. Praise and advice are welcome."),
                        True,
                    ),
                    ForumPlan(
                        "club-lounge",
                        _("The lounge"),
                        _("Everything else."),
                        _("For conversations that have nothing to do with our interest."),
                        True,
                    ),
                ),
            ),
            CategoryPlan(
                _("The craft"),
                Mark.CULTURE,
                (
                    ForumPlan(
                        "club-beginners",
                        _("First steps"),
                        _("No question is too small."),
                        _("Questions of beginners, answered with patience."),
                    ),
                    ForumPlan(
                        "club-meetings",
                        _("Meetings and dates"),
                        _("Where we meet next."),
                        _("Dates, places and lifts. Say when it is over, too."),
                    ),
                    ForumPlan(
                        "club-swap",
                        _("Wanted and offered"),
                        _("Swap, lend, give away."),
                        _("Things that change hands among members. No trade."),
                    ),
                ),
            ),
            _questions("club"),
        ),
    ),
    Beginning(
        "newsroom",
        _("A newsroom and its readers"),
        _("A paper, a magazine, a station: discussion of what was published, letters, tips."),
        (
            CategoryPlan(
                _("Main forums"),
                Mark.MAIN,
                (
                    ForumPlan(
                        "news-stories",
                        _("Our stories"),
                        _("What we have published, discussed."),
                        _("One thread for each story. Stay with what it is about, and cite what you claim."),
                        True,
                    ),
                    ForumPlan(
                        "news-letters",
                        _("Letters to the editors"),
                        _("Praise, blame and corrections."),
                        _("What you want to tell the newsroom in public. Editors answer here."),
                        True,
                    ),
                    ForumPlan(
                        "news-general",
                        _("General discussion"),
                        _("What moves our readers."),
                        _("For everything of common concern that we have not written about."),
                        True,
                    ),
                ),
            ),
            CategoryPlan(
                _("Behind the stories"),
                Mark.ISSUE,
                (
                    ForumPlan(
                        "news-sources",
                        _("Sources and documents"),
                        _("Where it is written."),
                        _("Documents, figures and links that bear on a story, with where they come from."),
                    ),
                    ForumPlan(
                        "news-method",
                        _("How we work"),
                        _("Questions about our trade."),
                        _("How stories are found, checked, written and corrected."),
                    ),
                ),
            ),
            _questions("news"),
        ),
    ),
    Beginning("empty", _("Start empty"), _("No forum yet. You make each of them at the operators’ desk.")),
)


def beginning(key: str) -> Beginning | None:
    """The set of a key, or None."""
    return next((one for one in BEGINNINGS if one.key == key), None)
