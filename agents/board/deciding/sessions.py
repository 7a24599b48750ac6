"""Who has told the secret, and under which name: kept here for a working day, the browser has a random id alone."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final, NamedTuple

COOKIE: Final = "tocsin"
SECONDS: Final = 10 * 3600.0  # a working day
MOST: Final = 200


class SignedIn(NamedTuple):
    """Hold who it is, and until when."""

    id: str  # a hash of what the browser has
    who: str
    ends: float  # epoch s
    secret: int = 0  # the number of the one that was told, where there are several


class Sessions:
    """Keep the sessions by a hash of their random ids: what is kept here opens none."""

    def __init__(self) -> None:
        self._kept: dict[str, SignedIn] = {}

    def begin(self, who: str, now: float, secret: int = 0) -> tuple[str, SignedIn]:
        """Begin a session; of too many, the oldest ends. Return what the browser has to send, and the session."""
        sent = secrets.token_urlsafe(32)
        session = SignedIn(_hashed(sent), who, now + SECONDS, secret)
        self._kept = {name: each for name, each in self._kept.items() if each.ends > now}
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session.id] = session
        return sent, session

    def of(self, sent: str | None, now: float) -> SignedIn | None:
        """Return the session of what a browser sent; None where there is none any more."""
        found = None if sent is None else self._kept.get(_hashed(sent))
        return found if found is not None and found.ends > now else None

    def end(self, session: SignedIn) -> None:
        """End a session."""
        self._kept.pop(session.id, None)


def _hashed(sent: str) -> str:
    return sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
