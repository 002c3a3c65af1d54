"""Where the installation lives and what the environment says. Read before Django is set up, so it imports nothing of it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """PALAVER_HOME, or `./var` in a checkout, or `~/.local/share/palaver` for an installed wheel. Not created here."""
    named = os.environ.get("PALAVER_HOME")
    if named:
        return Path(named).expanduser().resolve()
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT / "var"
    return Path("~/.local/share/palaver").expanduser()


def text(name: str, default: str = "") -> str:
    """A setting from the environment, or from the file that `<name>_FILE` names (for secrets)."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """A yes/no setting: 1, true, yes, on."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """A comma-separated setting."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def secret(name: str, file: str) -> str:
    """A secret from the environment, else from `home()/secrets/<file>`, made with mode 600 on first use."""
    given = text(name)
    if given:
        return given
    path = home() / "secrets" / file
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{file}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # the first of two racing processes wins; the other reads what stands
        fresh.unlink()
    return path.read_text(encoding="utf-8").strip()
