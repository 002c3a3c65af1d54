"""What must be known of members before they are told: their choices, their hours, and whether anything can reach them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from allauth.account.models import EmailAddress
from django.db import connection

from palaver.accounts.models import Member
from palaver.delivery.mail import carrier
from palaver.notices import timing
from palaver.notices.kinds import Kind, Ways


@dataclass(frozen=True, slots=True)
class Circumstances:
    """One member's. `ways` holds only the kinds for which something was chosen."""

    member_id: int
    zone: str
    has_address: bool
    has_device: bool
    wants_digest: bool
    quiet_from: time | None
    quiet_until: time | None
    ways: dict[str, Ways]

    def ways_for(self, kind: Kind, more: Ways | None = None) -> Ways:
        """By which ways this member is told of a kind now; `more` is what a single subscription adds.

        A way that cannot be gone (no carrier, no address, no device, no digest) is left out, so that nothing piles up
        for a day on which it could.
        """
        chosen = self.ways.get(kind.key, kind.usual)
        more = more or Ways(site=False)
        return Ways(
            site=chosen.site or more.site,
            mail=(chosen.mail or more.mail) and self.has_address,
            push=(chosen.push or more.push) and self.has_device,
            digest=(chosen.digest or more.digest) and self.wants_digest and self.has_address,
        )

    def not_before(self, instant: datetime) -> datetime:
        """The earliest instant from `instant` on that is no quiet hour of this member."""
        return timing.after_quiet(instant, timing.zone(self.zone), self.quiet_from, self.quiet_until)


_OF = """
SELECT m.id, m.time_zone, m.email <> '', t.rhythm, t.quiet_from, t.quiet_until,
       EXISTS (SELECT 1 FROM notices_device d WHERE d.member_id = m.id), c.kind, c.site, c.mail, c.push, c.digest
  FROM accounts_member m LEFT JOIN notices_timetable t ON t.member_id = m.id
  LEFT JOIN notices_choice c ON c.member_id = m.id{narrowed}
 WHERE m.claimed_at IS NOT NULL AND m.left_at IS NULL AND m.id IN ({marks})
"""


def of(member_ids: Collection[int], kinds: Collection[str] = ()) -> dict[int, Circumstances]:
    """The circumstances of those of some members who have a living account, by id; one statement.

    `kinds` narrows whose choices are read. Whether an address is proved is asked when a mail is written, not here.
    """
    if not member_ids:
        return {}
    carried = mail_goes()
    narrowed = f" AND c.kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else ""
    sql = _OF.format(narrowed=narrowed, marks=", ".join(["%s"] * len(member_ids)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*kinds, *member_ids])
        rows = cursor.fetchall()
    found: dict[int, Circumstances] = {}
    for row in rows:
        theirs = found.get(row[0])
        if theirs is None:
            theirs = found[row[0]] = Circumstances(
                member_id=row[0],
                zone=row[1],
                has_address=carried and bool(row[2]),
                wants_digest=bool(row[3]) and row[3] != "none",
                quiet_from=_time(row[4]),
                quiet_until=_time(row[5]),
                has_device=bool(row[6]),
                ways={},
            )
        if row[7] is not None:
            theirs.ways[row[7]] = Ways(*map(bool, row[8:12]))
    return found


def mail_goes() -> bool:
    """Whether this installation has a mail server. Without one nothing is kept to be mailed."""
    return carrier.configured() is not None


def address_of(member: Member) -> str:
    """The address at which a member may be written to, or "".

    It must have been proved; an address without any row of proof was given at the console, which is proof enough.
    """
    if not member.email:
        return ""
    known = list(EmailAddress.objects.filter(user_id=member.pk).values_list("email", "verified"))
    if not known:
        return member.email
    return member.email if any(verified and email.lower() == member.email for email, verified in known) else ""


def _time(value: time | str | None) -> time | None:
    """A database's wall time: SQLite gives text."""
    return time.fromisoformat(value) if isinstance(value, str) else value
