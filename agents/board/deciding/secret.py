"""The secret for decisions: read once from its file, compared in constant time, never shown; wrong ones are limited."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Final

from config.refusal import ConfigError, Mistake

LEAST: Final = 16  # least number of characters: 96 bits as `openssl rand -base64` makes them, beyond any guessing
MOST_CLIENTS: Final = 1_000


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


class Tries:
    """Wrong attempts by client; moments are in seconds of a monotonic clock.

    Each wrong attempt moves a client's due time by `every` seconds. The due time may be ahead by `most` attempts.
    This is the generic cell rate algorithm (ITU-T I.371), which stores one number per client.

    >>> tries = Tries(most=2, every=60.0)
    >>> tries.failed("a", 0.0), tries.failed("a", 0.0)
    (None, None)
    >>> tries.wait("a", 0.0), tries.wait("a", 60.0), tries.wait("b", 0.0)
    (60.0, 0.0, 0.0)
    """

    def __init__(self, most: int, every: float) -> None:
        self._every = every
        self._ahead = (most - 1) * every
        self._due: dict[str, float] = {}

    def wait(self, client: str, now: float) -> float:
        """Return the seconds until a client may try again, or 0."""
        return max(0.0, self._due.get(client, now) - self._ahead - now)

    def failed(self, client: str, now: float) -> None:
        """Record a wrong attempt; if there are too many clients, forget those with the oldest attempts."""
        self._due[client] = max(now, self._due.get(client, now)) + self._every
        if len(self._due) > MOST_CLIENTS:
            self._due = dict(sorted(self._due.items(), key=lambda each: each[1])[MOST_CLIENTS // 2 :])
