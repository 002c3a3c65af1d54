"""Which message answers which: by In-Reply-To and References alone. Equal subjects join nothing, because that is a
guess.

A message whose references all lead out of the archive is a root; so is one that would answer itself round a circle.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Message:
    """What is kept of a message while its archive is read; its bytes lie in a spool at `offset`."""

    key: str
    order: int
    date: datetime
    author: str
    name: str
    subject: str
    references: list[str]
    wordy: str
    offset: int
    length: int
    where: str
    answers: int = -1
    """The order of the message answered, -1 for none."""


def join(messages: Sequence[Message]) -> list[list[Message]]:
    """Set `answers` of every message and return the threads: roots in the archive's order, each thread by date, but
    never a reply before what it answers. `messages[n].order` is n."""
    by_key = {message.key: message.order for message in messages}
    for message in messages:
        for reference in message.references:
            parent = by_key.get(reference)
            if parent is not None and parent != message.order and not _above(messages, parent, message.order):
                message.answers = parent
                break
    replies: dict[int, list[int]] = defaultdict(list)
    for message in messages:
        if message.answers >= 0:
            replies[message.answers].append(message.order)
    return [_in_order(messages, replies, message.order) for message in messages if message.answers < 0]


def _above(messages: Sequence[Message], start: int, wanted: int) -> bool:
    """Whether `wanted` is reached from `start` by going up."""
    at = start
    while at >= 0:
        if at == wanted:
            return True
        at = messages[at].answers
    return False


def _in_order(messages: Sequence[Message], replies: dict[int, list[int]], root: int) -> list[Message]:
    ready = [(messages[root].date, root)]
    thread = []
    while ready:
        _date, order = heapq.heappop(ready)
        thread.append(messages[order])
        for reply in replies.get(order, ()):
            heapq.heappush(ready, (messages[reply].date, reply))
    return thread
