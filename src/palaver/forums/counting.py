"""Counting and recounting: what a post adds to, in its own transaction, and every counter, number, place and path against what the posts themselves say. Drift must be zero."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from palaver.forums import paths

# In the order of mending: what is counted comes before what is counted from it. Each check: what it is, a statement giving (id, stored, counted) of the rows that differ, and the table and column to mend.


def add_post(*, author_id: int, thread_id: int | None, forum_id: int, number: int, at: datetime) -> None:
    """Count one new post: its author's, its thread's (None for a thread that begins with it), its forum's, hottest row last.

    Plain statements, because a post is the commonest write and these three are the same for every one of them.
    """
    instant = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_member SET post_count = post_count + 1 WHERE id = %s", [author_id])
        if thread_id is not None:
            cursor.execute(
                "UPDATE forums_thread SET post_count = post_count + 1, last_number = %s, last_post_at = %s,"
                " last_author_id = %s WHERE id = %s",
                [number, instant, author_id, thread_id],
            )
        cursor.execute(
            "UPDATE forums_forum SET thread_count = thread_count + %s, post_count = post_count + 1, last_post_at ="
            " CASE WHEN last_post_at IS NULL OR last_post_at < %s THEN %s ELSE last_post_at END WHERE id = %s",
            [int(thread_id is None), instant, instant, forum_id],
        )


_CHECKS: tuple[tuple[str, str, str, str], ...] = (
    (
        "thread.post_count",
        """
        SELECT t.id, t.post_count, COALESCE(c.n, 0) FROM forums_thread t
        LEFT JOIN (SELECT thread_id, count(*) AS n FROM forums_post GROUP BY thread_id) c ON c.thread_id = t.id
        WHERE t.post_count <> COALESCE(c.n, 0)""",
        "forums_thread",
        "post_count",
    ),
    (
        "thread.last_post_at",
        """
        SELECT t.id, t.last_post_at, c.m FROM forums_thread t
        JOIN (SELECT thread_id, max(created_at) AS m FROM forums_post GROUP BY thread_id) c ON c.thread_id = t.id
        WHERE t.last_post_at <> c.m""",
        "forums_thread",
        "last_post_at",
    ),
    (
        "thread.last_author",
        """
        SELECT t.id, t.last_author_id, p.author_id FROM forums_thread t
        JOIN forums_post p ON p.thread_id = t.id AND p.place = t.post_count - 1
        WHERE t.last_author_id <> p.author_id""",
        "forums_thread",
        "last_author_id",
    ),
    (
        "thread.last_number",
        """
        SELECT t.id, t.last_number, c.m FROM forums_thread t
        JOIN (SELECT thread_id, max(number) AS m FROM forums_post GROUP BY thread_id) c ON c.thread_id = t.id
        WHERE t.last_number < c.m""",
        "forums_thread",
        "last_number",
    ),
    (
        "post.rec_count",
        """
        SELECT p.id, p.rec_count, COALESCE(c.n, 0) FROM forums_post p
        LEFT JOIN (SELECT post_id, count(*) AS n FROM forums_recommendation GROUP BY post_id) c ON c.post_id = p.id
        WHERE p.rec_count <> COALESCE(c.n, 0)""",
        "forums_post",
        "rec_count",
    ),
    (
        "thread.rec_count",
        """
        SELECT t.id, t.rec_count, p.rec_count FROM forums_thread t JOIN forums_post p ON p.thread_id = t.id AND p.place = 0
        WHERE t.rec_count <> p.rec_count""",
        "forums_thread",
        "rec_count",
    ),
    (
        "post.forum",
        """
        SELECT p.id, p.forum_id, t.forum_id FROM forums_post p JOIN forums_thread t ON t.id = p.thread_id
        WHERE p.forum_id <> t.forum_id""",
        "forums_post",
        "forum_id",
    ),
    (
        "forum.thread_count",
        """
        SELECT f.id, f.thread_count, COALESCE(c.n, 0) FROM forums_forum f
        LEFT JOIN (SELECT forum_id, count(*) AS n FROM forums_thread GROUP BY forum_id) c ON c.forum_id = f.id
        WHERE f.thread_count <> COALESCE(c.n, 0)""",
        "forums_forum",
        "thread_count",
    ),
    (
        "forum.post_count",
        """
        SELECT f.id, f.post_count, COALESCE(c.n, 0) FROM forums_forum f
        LEFT JOIN (SELECT forum_id, count(*) AS n FROM forums_post GROUP BY forum_id) c ON c.forum_id = f.id
        WHERE f.post_count <> COALESCE(c.n, 0)""",
        "forums_forum",
        "post_count",
    ),
    (
        "forum.last_post_at",
        """
        SELECT f.id, f.last_post_at, c.m FROM forums_forum f
        LEFT JOIN (SELECT forum_id, max(created_at) AS m FROM forums_post GROUP BY forum_id) c ON c.forum_id = f.id
        WHERE f.last_post_at <> c.m OR (f.last_post_at IS NULL) <> (c.m IS NULL)""",
        "forums_forum",
        "last_post_at",
    ),
    (
        "member.post_count",
        """
        SELECT m.id, m.post_count, COALESCE(c.n, 0) FROM accounts_member m
        LEFT JOIN (SELECT author_id, count(*) AS n FROM forums_post GROUP BY author_id) c ON c.author_id = m.id
        WHERE m.post_count <> COALESCE(c.n, 0)""",
        "accounts_member",
        "post_count",
    ),
)

_BROKEN: tuple[tuple[str, str], ...] = (
    (
        "thread places are not dense",
        """
        SELECT thread_id FROM forums_post GROUP BY thread_id HAVING max(place) <> count(*) - 1 OR min(place) <> 0""",
    ),
    (
        "a post stands behind one with a higher number",
        """
        SELECT b.id FROM forums_post a JOIN forums_post b ON b.thread_id = a.thread_id AND b.place = a.place + 1
        WHERE b.number <= a.number""",
    ),
    (
        "a post has no body",
        """
        SELECT p.id FROM forums_post p LEFT JOIN forums_postbody b ON b.post_id = p.id WHERE b.post_id IS NULL""",
    ),
    (
        "a post has no source text of its version",
        """
        SELECT p.id FROM forums_post p LEFT JOIN forums_sourcetext s ON s.post_id = p.id AND s.version = p.version
        WHERE s.id IS NULL""",
    ),
    (
        "a withdrawn post has no withdrawal, or the other way round",
        """
        SELECT p.id FROM forums_post p LEFT JOIN forums_withdrawal w ON w.post_id = p.id
        WHERE (p.standing = 1) <> (w.post_id IS NOT NULL)""",
    ),
    (
        "a stub claims the address of a post",
        """
        SELECT s.id FROM forums_poststub s JOIN forums_post p ON p.thread_id = s.was_in AND p.number = s.number""",
    ),
    (
        "a stub claims the address of a thread",
        """
        SELECT s.was FROM forums_threadstub s JOIN forums_thread t ON t.id = s.was""",
    ),
    (
        "a post answers one in another thread",
        """
        SELECT p.id FROM forums_post p JOIN forums_post q ON q.id = p.answers_id WHERE q.thread_id <> p.thread_id""",
    ),
)


def drift(*, mend: bool = False) -> Iterator[str]:
    """Every counter that differs from what the rows say, as a sentence; mended when asked. Nothing yielded: no drift."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, sql, table, column in _CHECKS:
            cursor.execute(sql)
            for row_id, stored, counted in cursor.fetchall():
                yield f"{name} of {row_id} says {stored}; it is {counted}."
                if mend:
                    cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [counted, row_id])
        for what, sql in _BROKEN:
            cursor.execute(sql)
            for (row_id,) in cursor.fetchall():
                yield f"{what}: {row_id}."
        cursor.execute("""
            SELECT p.id, p.number, p.path, p.depth, q.path, q.place FROM forums_post p
            LEFT JOIN forums_post q ON q.id = p.answers_id""")
        while rows := cursor.fetchmany(2000):
            for row_id, number, path, depth, parent, parent_place in rows:
                expected = paths.below("" if parent is None or parent_place == 0 else parent, number)
                if path != expected or depth != paths.depth(path):
                    yield f"post.path of {row_id} says {path}; it is {expected}."
