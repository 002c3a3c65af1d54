"""Why an archive is not read any further."""

from __future__ import annotations

from palaver.kit.decisions import Refusal


class ArchiveRefused(Refusal):
    """An archive that is not what it should be. The sentence names the file and the place in it."""

    def __init__(self, file: str, because: str) -> None:
        super().__init__(f"{file}: {because}")
        self.file = file
