"""The key by which push services know us: made once, in `secrets/push_key` of the home with mode 600.

A new key cuts off every browser, because each has promised its service to take pushes from the holder of the old one only.
"""

from __future__ import annotations

import base64
import contextlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from palaver.kit import env


def path() -> Path:
    """Where the key lies."""
    return env.home() / "secrets" / "push_key"


def private_key() -> ec.EllipticCurvePrivateKey:
    """Our key on P-256; made when there is none. Raises OSError when the home cannot be written, ValueError for a broken file."""
    return _read(path())


def public_key() -> str:
    """Our public key as browsers ask for it: the uncompressed point, base64url without padding (87 characters)."""
    point = (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _read(file: Path) -> ec.EllipticCurvePrivateKey:
    if not file.is_file():
        _make(file)
    found = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey) or found.curve.name != "secp256r1":
        raise ValueError(
            f"{file.name} holds another kind of key; remove it, and browsers will have to be let tell again."
        )
    return found


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, file)  # the first of two racing processes wins; the other reads what stands
    fresh.unlink()
