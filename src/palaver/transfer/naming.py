"""Names for unclaimed members: as near to the old name as ours may be, and never one that could be taken for
another's."""

from __future__ import annotations

from palaver.accounts.models import Member, Rename
from palaver.kit.text import names

NAMELESS = "old-member"


def free_name(old: str, taken: set[str]) -> tuple[str, str]:
    """A name like `old` and its key, both free among members, former names and the keys in `taken` (which grows by it).

    A name that is taken, or looks like one that is, gets a number: `Ana-2`. An import never makes two people one.
    """
    base = names.nearest(old) or NAMELESS
    candidates, number = [base], 2
    while True:
        keys = {candidate: names.name_key(candidate) for candidate in candidates}
        used = taken | _used(list(keys.values()))
        for candidate, key in keys.items():
            if key not in used:
                taken.add(key)
                return candidate, key
        candidates = [f"{base[: names.LONGEST - 8].rstrip('_-.')}-{n}" for n in range(number, number + 100)]
        number += 100


def _used(keys: list[str]) -> set[str]:
    found = set(Member.objects.filter(name_key__in=keys).values_list("name_key", flat=True))
    return found | set(Rename.objects.filter(old_key__in=keys).values_list("old_key", flat=True))
