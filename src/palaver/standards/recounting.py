"""Holding the rows of judging against each other, for `palaver doctor`. None of it is mended: each would be a fault to look at."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

_BROKEN: tuple[tuple[str, str], ...] = (
    (
        "a removed post has no running removal",
        """
        SELECT p.id FROM forums_post p LEFT JOIN forums_removal r ON r.post_id = p.id AND r.ended_at IS NULL
         WHERE p.standing = 3 AND r.id IS NULL""",
    ),
    (
        "a post is shown in spite of a running removal",
        """
        SELECT p.id FROM forums_removal r JOIN forums_post p ON p.id = r.post_id
         WHERE r.ended_at IS NULL AND p.standing IN (0, 2)""",
    ),
    (
        "a held post has no running hold",
        """
        SELECT p.id FROM forums_post p LEFT JOIN forums_hold h ON h.post_id = p.id AND h.ended_at IS NULL
         WHERE p.standing = 2 AND h.id IS NULL""",
    ),
    (
        "a post is shown in spite of a running hold",
        """
        SELECT p.id FROM forums_hold h JOIN forums_post p ON p.id = h.post_id
         WHERE h.ended_at IS NULL AND p.standing = 0""",
    ),
    (
        "a decided case has no verdict",
        """
        SELECT c.id FROM standards_case c LEFT JOIN standards_verdict v ON v.case_id = c.id
         WHERE c.stage = 'decided' AND v.case_id IS NULL""",
    ),
    (
        "a case with a verdict is not decided",
        """
        SELECT c.id FROM standards_case c JOIN standards_verdict v ON v.case_id = c.id WHERE c.stage <> 'decided'""",
    ),
    (
        "a verdict counts other papers than were handed in",
        """
        SELECT v.case_id FROM standards_verdict v JOIN standards_case c ON c.id = v.case_id
          LEFT JOIN (SELECT case_id, sum(CASE WHEN choice = 1 THEN 1 ELSE 0 END) AS a,
                            sum(CASE WHEN choice = 2 THEN 1 ELSE 0 END) AS b,
                            sum(CASE WHEN choice = 3 THEN 1 ELSE 0 END) AS c,
                            sum(CASE WHEN choice = 4 THEN 1 ELSE 0 END) AS d
                       FROM standards_seat WHERE state = 'voted' GROUP BY case_id) s ON s.case_id = v.case_id
         WHERE v.clearly_breaks <> COALESCE(s.a, 0) OR v.breaks <> COALESCE(s.b, 0) OR v.keeps <> COALESCE(s.c, 0)
            OR v.clearly_keeps <> COALESCE(s.d, 0)""",
    ),
    (
        "a case has another pool than it says",
        """
        SELECT c.id FROM standards_case c
          LEFT JOIN (SELECT case_id, count(*) AS n FROM standards_poolmember GROUP BY case_id) p ON p.case_id = c.id
         WHERE c.pool_size <> COALESCE(p.n, 0)""",
    ),
    (
        "more seats are given than a case has",
        """
        SELECT c.id FROM standards_case c JOIN standards_seat s ON s.case_id = c.id
         WHERE s.state IN ('offered', 'taken', 'voted') GROUP BY c.id, c.seats HAVING count(*) > c.seats""",
    ),
    (
        "a seat is open in a case that is over",
        """
        SELECT s.id FROM standards_seat s JOIN standards_case c ON c.id = s.case_id
         WHERE s.state IN ('offered', 'taken') AND c.stage IN ('decided', 'called_off')""",
    ),
    (
        "an open case has no entry on the record",
        """
        SELECT c.id FROM standards_case c LEFT JOIN record_entry e ON e.sequence = c.opened_entry WHERE e.sequence IS NULL""",
    ),
    (
        "an alert is open and its case is not",
        """
        SELECT a.id FROM standards_alert a LEFT JOIN standards_case c ON c.id = a.case_id
         WHERE a.state = 'open' AND (c.id IS NULL OR c.stage IN ('decided', 'called_off'))""",
    ),
)


def drift() -> Iterator[str]:
    """Every row of judging that another one contradicts, as a sentence. Nothing yielded: all agree."""
    with connection.cursor() as cursor:
        for what, sql in _BROKEN:
            cursor.execute(sql)
            for (row_id,) in cursor.fetchall():
                yield f"{what}: {row_id}."
