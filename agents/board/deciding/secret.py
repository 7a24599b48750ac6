"""The secret of those who may decide: read once from its file, compared in constant time, told to nobody."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final

from config.refusal import ConfigError, Mistake

LEAST: Final = 16  # characters: with the tries limited, nobody guesses so many


class Secret:
    """Know the secret by its hash alone."""

    def __init__(self, text: str) -> None:
        self._digest = _digest(text)

    def matches(self, given: str) -> bool:
        """Tell whether this is the secret; how long that takes tells nothing about it."""
        return compare_digest(_digest(given), self._digest)


def read_secret(file: Path, key: str = "board.decide.token_file") -> Secret:
    """Return the secret in the only line of the file that a key names; raise `ConfigError` where it is too short."""
    text = file.read_text(encoding="utf-8").strip()
    if len(text) < LEAST or len(text.splitlines()) > 1:
        raise ConfigError([Mistake(key, "", str(file), f"one line of {LEAST} characters or more")])
    return Secret(text)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
