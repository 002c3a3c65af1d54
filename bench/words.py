"""Texts to search, laid over the posts of a community.

The bodies of the generated community come from a pool of 2,000 texts over 480 words, each as likely as any other. That is
right for rendering pages and useless for searching: every word would stand in every sixth post and none would be rare.
So the search index is filled with texts of its own, one a post, whose words follow Zipf and Mandelbrot's law as in written
language: 60,000 words, the most common in two posts of three, half of them in fewer than a hundred of a million. The
posts stay as they are; only the index is told other words.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

SEED = 8
VOCABULARY = 60_000
_SHIFT, _EXPONENT = 2.7, 1.07
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "qui",
    "ro",
    "su",
    "ta",
    "ve",
    "wi",
    "xo",
    "zu",
    "bra",
    "cle",
    "dri",
    "sto",
    "tra",
    "ple",
    "gno",
    "sha",
    "the",
    "ing",
]


def word(rank: int) -> str:
    """The word of a rank, 0 the most common; common words are short."""
    base, letters, rest = len(_SYLLABLES), "", rank + base_of(rank)
    while rest:
        rest, digit = divmod(rest, base)
        letters += _SYLLABLES[digit]
    return letters


def base_of(rank: int) -> int:
    """Keeps words of different lengths apart."""
    return 1 if rank < 29 else 900


class Texts:
    """Texts by the law, the same for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        self.chance = random.Random(seed)
        self.words = list(
            dict.fromkeys(f"{word(rank)}{'' if rank < 20_000 else rank % 7}" for rank in range(VOCABULARY))
        )
        self._weights = list(itertools.accumulate(1 / (rank + _SHIFT) ** _EXPONENT for rank in range(len(self.words))))

    def tokens(self, count: int) -> list[str]:
        """So many words."""
        return self.chance.choices(self.words, cum_weights=self._weights, k=count)

    def body(self) -> list[str]:
        """The words of a post: mostly 20 to 150, now and then a thousand."""
        return self.tokens(max(3, min(2000, int(self.chance.lognormvariate(4.0, 0.8)))))


def rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    """A document for every shown post, in the order of their ids, which in a grown community is that of time."""
    from palaver.accounts.reads import instant_of
    from palaver.search import texts
    from palaver.search.models.document import key_of

    made = Texts()
    subjects: dict[int, str] = {}
    cursor.execute(
        "SELECT id, thread_id, forum_id, author_id, created_at, place FROM forums_post WHERE standing = 0 ORDER BY id"
    )
    while batch := cursor.fetchmany(5000):
        for post_id, thread_id, forum_id, author_id, created_at, place in batch:
            at = instant_of(created_at)
            assert isinstance(at, datetime)
            key = key_of(at, post_id)
            subject = ""
            if place == 0:
                subject = subjects[thread_id] = texts.stored(made.tokens(made.chance.randint(3, 9)))
            marks = [*texts.places(key, forum_id, author_id, thread_id), ":re" if place else ":op"]
            if made.chance.random() < 0.04:
                marks.append(":image")
            if made.chance.random() < 0.12:
                marks.append(":link")
            yield key, post_id, thread_id, forum_id, author_id, subject, texts.stored(made.body()), texts.stored(marks)


_COLUMNS = "key, post_id, thread_id, forum_id, author_id, subject, body, marks"


def fill() -> int:
    """Fill the index of this process's database anew; returns how many documents it holds now."""
    from django.db import connection, connections, transaction

    from palaver.search import indexing

    source = connection.copy("source")
    connections["source"] = source
    count = 0
    with source.cursor() as cursor:
        every = rows(cursor)
        if connection.vendor == "sqlite":
            with connection.cursor() as writing:
                writing.execute("PRAGMA synchronous=OFF")
                writing.execute("PRAGMA cache_size=-400000")
            with transaction.atomic(), connection.cursor() as writing:
                writing.execute("DELETE FROM search_document")
            while part := sorted(itertools.islice(every, 20_000)):
                with transaction.atomic():
                    indexing.insert(part)
                count += len(part)
        else:
            with transaction.atomic(), connection.cursor() as writing:
                writing.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'search_words'")
                (definition,) = writing.fetchone()
                writing.execute("DROP INDEX search_words")
                writing.execute("TRUNCATE search_document")
                with writing.cursor.copy(f"COPY search_document ({_COLUMNS}) FROM STDIN") as copy:
                    for row in every:
                        copy.write_row(row)
                        count += 1
            # The keys of the rows are checked when a transaction ends, and no index is made before that.
            with transaction.atomic(), connection.cursor() as writing:
                writing.execute("SET LOCAL maintenance_work_mem = '1GB'")
                writing.execute(definition)
                writing.execute("ALTER INDEX search_words ALTER COLUMN 1 SET STATISTICS 1000")
            with connection.cursor() as writing:
                writing.execute("VACUUM ANALYZE search_document")
    return count


def main() -> None:
    argparse.ArgumentParser(description="Fill the search index of the community that PALAVER_HOME names.").parse_args()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palaver.project.settings")
    django.setup()
    print(fill())


if __name__ == "__main__":
    main()
