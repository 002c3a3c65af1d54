"""What members have read stays read when hosts split or merge threads: their positions follow the posts."""

from __future__ import annotations

from bisect import bisect_right

from django.db import connection

from palaver.forums import events as forums
from palaver.forums.models import Post
from palaver.kit import clock
from palaver.reading.models import ThreadMark


def thread_split(event: forums.ThreadSplit) -> None:
    """In the old thread the place of the number read is found anew; in the new one everybody has read as far as before.

    Numbers are the same in both, so "read up to 17" means the same posts. Wired to ThreadSplit, within.
    """
    marks = list(ThreadMark.objects.filter(thread_id=event.thread_id).values_list("member_id", "number", "read_at"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reading_threadmark SET place = (SELECT p.place FROM forums_post p WHERE p.thread_id ="
            " reading_threadmark.thread_id AND p.number <= reading_threadmark.number ORDER BY p.number DESC LIMIT 1)"
            " WHERE thread_id = %s AND EXISTS (SELECT 1 FROM forums_post p WHERE p.thread_id ="
            " reading_threadmark.thread_id AND p.number <= reading_threadmark.number)",
            [event.thread_id],
        )
    numbers = list(
        Post.objects.filter(thread_id=event.new_thread_id).order_by("number").values_list("number", flat=True)
    )
    made = []
    for member_id, number, read_at in marks:
        place = bisect_right(numbers, number) - 1
        if place >= 0:
            made.append(
                ThreadMark(
                    member_id=member_id,
                    thread_id=event.new_thread_id,
                    number=numbers[place],
                    place=place,
                    read_at=read_at,
                )
            )
    ThreadMark.objects.bulk_create(made, batch_size=500)


def thread_merged(event: forums.ThreadMerged) -> None:
    """Who had read all of the one thread has also read what they had read of the other. For everybody else the posts that
    came are new, since a position says one thing only. Wired to ThreadMerged, within."""
    numbers = dict(Post.objects.filter(thread_id=event.into_id, place__gte=event.offset).values_list("place", "number"))
    read = dict(ThreadMark.objects.filter(thread_id=event.thread_id).values_list("member_id", "place"))
    through = ThreadMark.objects.filter(thread_id=event.into_id, place__gte=event.offset - 1, member_id__in=read.keys())
    changed = []
    for mark in through:
        place = event.offset + read[mark.member_id]
        if place in numbers and place > mark.place:
            mark.place, mark.number, mark.read_at = place, numbers[place], clock.now()
            changed.append(mark)
    ThreadMark.objects.bulk_update(changed, ["place", "number", "read_at"], batch_size=500)
