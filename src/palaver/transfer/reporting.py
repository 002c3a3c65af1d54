"""What a run did, in numbers that an operator can hold against the old community's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

SAMPLES = 20

_ROWS = (
    ("threads", "threads"),
    ("posts", "posts"),
    ("events", "events shown as lines in threads"),
    ("members", "unclaimed members"),
    ("forums", "forums"),
    ("reply_links", "replies that name a post"),
    ("reply_links_missing", "of them to a post that the archive lacks"),
    ("reply_links_of_events", "of them from or to a line that is an event here"),
    ("recs", "recommendations without names"),
    ("recs_of_events", "of them to a line that is an event here, where none are shown"),
    ("redirects", "old addresses that redirect"),
    ("locks", "locked threads"),
    ("pins", "pinned threads"),
    ("hidden", "posts whose text the old forum had hidden"),
    ("messages", "messages read"),
    ("duplicates", "things that were there more than once"),
    ("duplicates_differing", "of them with another content"),
    ("without_id", "messages without a Message-ID"),
    ("attachments", "attachments not taken"),
    ("undecodable", "texts in no declared encoding"),
    ("dates_mended", "dates that could not be read"),
    ("subjects_cut", "subjects that were too long"),
    ("known", "threads that were imported before"),
)
_ALWAYS = (
    "threads",
    "posts",
    "events",
    "members",
    "reply_links",
    "reply_links_missing",
    "recs",
    "redirects",
    "duplicates",
)


@dataclass(slots=True)
class Report:
    """Counts of what this run added (of what it would add, when `dry_run`)."""

    engine: str = ""
    source: str = ""
    dry_run: bool = False
    finished: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    names_changed: int = 0
    name_samples: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checksum: str = ""

    def renamed(self, old: str, new: str) -> None:
        """Somebody is called otherwise here than there."""
        self.names_changed += 1
        if len(self.name_samples) < SAMPLES:
            self.name_samples.append((old, new))

    def added(self) -> bool:
        """Whether the run put anything into the tables."""
        return any(self.counts[key] for key in ("threads", "posts", "events", "members", "forums"))

    def as_json(self) -> dict[str, Any]:
        """Everything, with the nine counts of every import always there."""
        found: dict[str, Any] = {
            "engine": self.engine, "source": self.source, "dry_run": self.dry_run, "finished": self.finished,
        }  # fmt: skip
        for key, _ in _ROWS:
            if key in _ALWAYS or self.counts[key]:
                found[key] = self.counts[key]
        found["skipped"] = dict(sorted(self.skipped.items()))
        found["names_changed"] = self.names_changed
        found["name_samples"] = [{"old": old, "new": new} for old, new in self.name_samples]
        found["notes"] = list(self.notes)
        if self.checksum:
            found["checksum"] = self.checksum
        return found

    def as_table(self) -> str:
        """The same for a reader."""
        head = f"{self.engine} · {self.source}" + (" · dry run, nothing was written" if self.dry_run else "")
        lines = [head]
        for key, what in _ROWS:
            if key in _ALWAYS or self.counts[key]:
                lines.append(f"{self.counts[key]:>10,}  {what}")
        lines += [f"{number:>10,}  skipped: {reason}" for reason, number in sorted(self.skipped.items())]
        if self.names_changed:
            lines.append(f"{self.names_changed:>10,}  names that had to change, for instance:")
            lines += [f"{'':>12}{old} → {new}" for old, new in self.name_samples[:5]]
        lines += self.notes
        if self.checksum:
            lines.append(f"checksum of everything imported: {self.checksum}")
        return "\n".join(lines)
