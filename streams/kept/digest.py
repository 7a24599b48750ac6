"""64-bit names, under which long-lived state is kept."""

from __future__ import annotations

from hashlib import blake2b


def digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
