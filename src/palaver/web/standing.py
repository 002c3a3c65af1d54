"""Who we are and whether there is a community here yet: read once and kept until one of them changes."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from palaver.community.reads import About, about
from palaver.forums.founding import is_founded
from palaver.web.freshness import Kept


class Standing(NamedTuple):
    """The community as pages show it. `founded` is False only for an installation that waits to be set up."""

    about: About
    founded: bool


def _read() -> Standing:
    said = about()
    return Standing(said, said.is_set_up or is_founded())


_standing = Kept(_read, "community", "places")


def standing() -> Standing:
    """As it is now. No statement while nothing has changed."""
    return _standing.get()


def name_at_hand() -> str:
    """The community's name for pages that may ask no database: the one kept, else the setting."""
    kept = _standing.at_hand()
    return kept.about.name if kept is not None else settings.PALAVER_NAME


def sentence(said: About) -> str:
    """The community's sentence, or ours while it has none."""
    return said.sentence or _("A community where people, not algorithms, drive the discussion and set the standards.")
