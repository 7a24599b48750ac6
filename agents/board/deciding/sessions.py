"""Sessions of persons who gave the secret, for one working day; the browser has only a random id."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final, NamedTuple

COOKIE: Final = "tocsin"
SECONDS: Final = 10 * 3600.0  # a working day
MOST: Final = 200


class SignedIn(NamedTuple):
    """A person's session."""

    id: str  # hash of the browser's id
    who: str
    ends: float  # epoch s
    secret: int = 0  # number of the right whose secret was given, if there are several


class Sessions:
    """Sessions by the hash of their ids, so that a leaked table gives access to no session."""

    def __init__(self) -> None:
        self._kept: dict[str, SignedIn] = {}

    def begin(self, who: str, now: float, secret: int = 0) -> tuple[str, SignedIn]:
        """Start a session; return the id for the browser and the session. If there are too many, the oldest ends."""
        sent = secrets.token_urlsafe(32)
        session = SignedIn(_hashed(sent), who, now + SECONDS, secret)
        self._kept = {name: each for name, each in self._kept.items() if each.ends > now}
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session.id] = session
        return sent, session

    def of(self, sent: str | None, now: float) -> SignedIn | None:
        """Return the session of a browser's id; None if it has ended."""
        found = None if sent is None else self._kept.get(_hashed(sent))
        return found if found is not None and found.ends > now else None

    def end(self, session: SignedIn) -> None:
        self._kept.pop(session.id, None)


def _hashed(sent: str) -> str:
    return sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
