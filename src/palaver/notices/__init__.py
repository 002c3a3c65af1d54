"""Notices: telling a member one thing each, on the site and, where they chose it, by mail, digest or push.

What it is: rows made within the transaction of what they tell of, a count on the member, choices per kind, quiet hours,
and the gathering of many into a digest. What it is not: it carries nothing itself (delivery does) and decides nothing
about who may read what (forums does; it asks before each telling).

Words: a *kind* is a row of the table in `kinds`; a *way* is how a notice comes: site, mail, push or digest; a *choice* is
a member's own set of ways for a kind; the *timetable* says when digests come and which hours are quiet.
"""
