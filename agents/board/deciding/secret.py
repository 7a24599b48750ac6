"""The secret for decisions: read once from its file, compared in constant time, never shown."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final

from config.refusal import ConfigError, Mistake

LEAST: Final = 16  # least number of characters: 96 bits as `openssl rand -base64` makes them, beyond any guessing


class Secret:
    """A secret, kept only as its hash."""

    def __init__(self, text: str) -> None:
        self._digest = _digest(text)

    def matches(self, given: str) -> bool:
        """Whether this is the secret, compared in constant time."""
        return compare_digest(_digest(given), self._digest)


def read_secret(file: Path, key: str = "board.decide.token_file") -> Secret:
    """Return the secret: a file's only line. Raise `ConfigError`, which names the file's `key`, if it is too short."""
    text = file.read_text(encoding="utf-8").strip()
    if len(text) < LEAST or len(text.splitlines()) > 1:
        raise ConfigError([Mistake(key, "", str(file), f"one line of {LEAST} characters or more")])
    return Secret(text)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
