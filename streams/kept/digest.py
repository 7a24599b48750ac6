"""Short names: what is kept for long is kept under them."""

from __future__ import annotations

from hashlib import blake2b


def digest(key: str) -> int:
    """Return the 64-bit name of a key in memory."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
