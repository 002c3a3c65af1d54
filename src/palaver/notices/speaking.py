"""Words that are kept with a notice are written in the language of whoever will read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation

from palaver.accounts.models import Member


@contextmanager
def spoken_by(member_id: int) -> Iterator[None]:
    """Speak a member's language for the length of the block; the site's, where they have chosen none."""
    language = Member.objects.values_list("language", flat=True).filter(pk=member_id).first()
    with translation.override(language or settings.LANGUAGE_CODE):
        yield
