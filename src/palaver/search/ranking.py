"""Best match: the one order here that looks at words. It is asked for, explained, and the same for everybody.

A post scores for each word or phrase asked for: three for standing in the subject, and for standing in the body between
nought and one, more when it occurs often and the body is short. Ties go to the newer post. Only the newest MOST posts
that match are compared. Nothing else counts: not recommendations, not who wrote it, not who asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from palaver.search.language import Term
from palaver.search.matching import Tokens

MOST = 2000
"""Posts that are compared."""

IN_SUBJECT = 3.0
USUAL_LENGTH = 600
"""Characters of tokens in a post of usual length."""


def by_best_match(found: Sequence[Tokens], terms: Sequence[Term]) -> list[int]:
    """The keys of the documents found, best first."""
    asked = [(term.stored if term.lone else term.stored + " ") for term in terms]
    scored = [(score(subject, body, asked), key) for key, _post_id, subject, body in found]
    scored.sort(reverse=True)
    return [key for _score, key in scored]


def score(subject: str, body: str, asked: Sequence[str]) -> float:
    """What a post scores by its tokens. `asked` are the terms as they stand in documents, with the space that ends them.

    A word repeated at once counts every other time, so that shouting it does not help.
    """
    body += " "
    damping = 1.2 * (0.25 + 0.75 * len(body) / USUAL_LENGTH)
    total = 0.0
    if subject:
        subject += " "
        for words in asked:
            if words in subject:
                total += IN_SUBJECT
    for words in asked:
        if count := body.count(words):
            total += count / (count + damping)
    return total
