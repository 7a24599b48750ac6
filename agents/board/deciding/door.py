"""Authentication and permission to decide: a trusted proxy's header, a shared secret, or one secret per right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from math import ceil
from typing import Final, NamedTuple

import structlog
from aiohttp import web

from agents.board.deciding.forms import MAX_NAME, FormSeal, name_of, same_origin
from agents.board.deciding.secret import read_secret
from agents.board.deciding.sessions import COOKIE, SECONDS, Sessions, SignedIn
from agents.board.deciding.tries import Tries
from agents.translation import Words
from config.office import Decide
from config.rights import AccessRight

log = structlog.get_logger()

NOBODY: Final = "nobody"  # holder of the token in a form that asks for the secret
MOST_TRIES: Final = 5  # wrong secrets of one client that are answered and logged at once; then one a minute


class Who(NamedTuple):
    """A person who may decide, and the holder of the tokens in that person's forms."""

    name: str
    holder: str
    session: SignedIn | None = None  # None if a proxy authenticates


class RefusedError(Exception):
    """A refused request, with the reason in the reader's language and the status of the answer."""

    def __init__(self, status: int, said: str, wait: int | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.wait = wait  # s


class Door:
    """Authenticates persons who may decide; with `rights`, each right has its own secret or name."""

    def __init__(self, decide: Decide, rights: Sequence[AccessRight] | None = None) -> None:
        self.header: Final = decide.header
        self.by_rights: Final = rights is not None
        if rights is None:
            files = {0: decide.token_file}
        else:
            files = {number: each.token_file for number, each in enumerate(rights)}
        key = "rights.{number}.token_file" if self.by_rights else "board.decide.token_file"
        self._secrets = {
            number: read_secret(file, key.format(number=number)) for number, file in files.items() if file is not None
        }
        self.asks = bool(self._secrets)  # whether a decision's form asks for the secret
        self.decides: Callable[[Who], bool] = lambda _: True
        self._seal = FormSeal()
        self._sessions = Sessions()
        self._tries = Tries(MOST_TRIES, 60.0)

    @property
    def opens(self) -> bool:
        """Whether anybody may decide here."""
        return self.header is not None or bool(self._secrets)

    def of(self, decides: Callable[[Who], bool]) -> Door:
        """Return the door of one office, which shares the sessions and lets only some known persons decide.

        With rights, a page is shown only after authentication, so its forms do not ask for the secret.
        """
        door = copy(self)
        door.decides = decides
        door.asks = self.asks and not self.by_rights
        return door

    def token(self, who: Who | None) -> str:
        """Return the token for a person's form; without a person, the token for a form that asks for the secret."""
        return self._seal.token(NOBODY if who is None else who.holder)

    def admit(self, request: web.Request, fields: Mapping[str, str], now: float, text: Words) -> tuple[Who, str | None]:
        """Return the sender of a form, and a session id for the cookie if the form had the secret.

        Raises `RefusedError` or `FormError` if the form does not allow a decision.
        """
        if not same_origin(request.headers, request.host):
            raise RefusedError(403, text("This form did not come from a page of this board."))
        who = self.known(request, now)
        if not self._seal.holds(NOBODY if who is None else who.holder, fields.get("token", "")):
            raise RefusedError(
                403, text("This form is too old, or belongs to somebody else: check the page, then decide.")
            )
        sent = None
        if who is None:
            sent, who = self._enter(fields, request.remote or "", now, text)
        if not self.decides(who):
            raise RefusedError(403, text("You may view this office, but not decide."))
        return who, sent

    def who(self, request: web.Request, now: float) -> Who | None:
        """Return the sender of a request at `now` (epoch s) if that person may decide; otherwise None."""
        who = self.known(request, now)
        return who if who is not None and self.decides(who) else None

    def known(self, request: web.Request, now: float) -> Who | None:
        """Return the sender of a request, whatever their rights; None if unknown.

        A header that arrives twice, such as a client's own before the proxy's, is ignored.
        """
        if self.header is not None:
            named = request.headers.getall(self.header, [])
            if len(named) == 1 and 0 < len(name := named[0].strip()) <= MAX_NAME and name.isprintable():
                return Who(name, f"header {name}")
        session = self._sessions.of(request.cookies.get(COOKIE), now)
        return None if session is None else Who(session.who, f"session {session.id}", session)

    def _enter(self, fields: Mapping[str, str], client: str, now: float, text: Words) -> tuple[str, Who]:
        if not self.asks:
            raise RefusedError(403, text("You are not signed in: the proxy in front of this board sent no name."))
        name = name_of(fields, text)
        given = fields.get("secret", "").strip()
        matching = [number for number, secret in self._secrets.items() if secret.matches(given)]
        if not matching:  # only now: another's wrong secrets, from behind the same proxy, must not keep a right one out
            if wait := self._tries.wait(client, now):
                said = text("Too many failed attempts; try again in {seconds} s.", seconds=ceil(wait))
                raise RefusedError(429, said, ceil(wait))
            self._tries.failed(client, now)
            log.warning("a wrong secret on the board", client=client)
            raise RefusedError(403, text("Wrong secret."))
        sent, session = self._sessions.begin(name, now, matching[0])
        log.info("may decide on the board from now on", who=name, client=client)
        return sent, Who(name, f"session {session.id}", session)

    def leave(self, who: Who) -> None:
        if who.session is not None:
            self._sessions.end(who.session)


def remember(answer: web.StreamResponse, sent: str, *, secure: bool) -> None:
    """Set the session cookie, which the browser sends to this board only."""
    answer.set_cookie(COOKIE, sent, max_age=int(SECONDS), path="/", httponly=True, samesite="Strict", secure=secure)
