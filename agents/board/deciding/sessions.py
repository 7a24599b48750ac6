"""Sessions of persons who gave a secret or were signed in by a provider; the browser has only a random id."""

from __future__ import annotations

import secrets
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Final, NamedTuple

from agents.board.oidc.person import Person

COOKIE: Final = "tocsin"
TLS_COOKIE: Final = "__Host-tocsin"  # no other host of the domain can set it (RFC 6265bis, 4.1.3.2)
SECONDS: Final = 10 * 3600.0  # a working day
IDLE_SECONDS: Final = 3600.0  # without a request, until a provider's session ends; an open wall sends requests
MOST: Final = 1_000
MOST_OF_A_PERSON: Final = 5  # so that frequent sign-ins do not end the sessions of others


class SignedIn(NamedTuple):
    id: str  # hash of the browser's id
    who: str
    ends: float  # epoch s
    secret: Path | None = None  # the file of the secret that was given
    person: Person | None = None  # None if a secret was given
    cookie: str = COOKIE  # the only cookie that may bring the id
    idle_ends: float = inf  # epoch s; each request moves it


class Sessions:
    """Sessions by the hash of their ids, so that a leaked table gives access to no session."""

    def __init__(self) -> None:
        self._kept: dict[str, SignedIn] = {}

    def begin(
        self, who: str, now: float, secret: Path | None = None, cookie: str = COOKIE, person: Person | None = None
    ) -> tuple[str, SignedIn]:
        """Start a session; return the id for the browser and the session. If there are too many, the oldest ends."""
        sent = secrets.token_urlsafe(32)
        idle_ends = inf if person is None else now + IDLE_SECONDS
        session = SignedIn(_hashed(sent), who, now + SECONDS, secret, person, cookie, idle_ends)
        self._kept = {name: each for name, each in self._kept.items() if _lasts(each, now)}
        if person is not None:
            own = [each for each in self._kept.values() if each.person and each.person.subject == person.subject]
            for each in own[: max(0, len(own) - MOST_OF_A_PERSON + 1)]:
                self.end(each)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[session.id] = session
        return sent, session

    def of(self, sent: str | None, now: float) -> SignedIn | None:
        """Return the session of a browser's id; None if it has ended. A session that is used does not become idle."""
        found = None if sent is None else self._kept.get(_hashed(sent))
        if found is None or not _lasts(found, now):
            return None
        if found.person is not None:
            found = self._kept[found.id] = found._replace(idle_ends=now + IDLE_SECONDS)
        return found

    def end(self, session: SignedIn) -> None:
        self._kept.pop(session.id, None)


def _lasts(session: SignedIn, now: float) -> bool:
    return now < min(session.ends, session.idle_ends)


def _hashed(sent: str) -> str:
    return sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
