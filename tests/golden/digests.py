"""The digests of every surface's output, as last accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.golden.surfaces import Surface

FILE: Final = Path(__file__).with_name("digests.txt")


def digests_of(shown: Iterable[Surface]) -> dict[str, str]:
    """Return the SHA-256 of each surface's text, by name; raise `ValueError` if two have one name."""
    found: dict[str, str] = {}
    for name, text in shown:
        if name in found:
            raise ValueError(name)
        found[name] = sha256(text.encode()).hexdigest()
    return found


def accepted() -> Mapping[str, str]:
    """Return the digests of the file, by name."""
    rows = (line.split("  ", 1) for line in FILE.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in rows}


def write_digests(shown: Iterable[Surface]) -> None:
    """Write the digests of surfaces into the file, by name, one a line as `sha256sum` prints them."""
    found = sorted(digests_of(shown).items())
    FILE.write_text("".join(f"{digest}  {name}\n" for name, digest in found), encoding="utf-8")
