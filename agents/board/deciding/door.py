"""Who may decide: whom the header of a trusted proxy names, or who has told the secret; with rights, a secret each."""

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

NOBODY: Final = "nobody"  # holds the token of a form that asks for the secret
MOST_TRIES: Final = 5  # wrong ones of a client at once, then one a minute
MOST_TRIES_OF_ALL: Final = 60  # then one a second: who has many addresses guesses no faster


class Who(NamedTuple):
    """Hold who decides, and what holds the tokens of the forms given to them."""

    name: str
    holder: str
    session: SignedIn | None = None  # None for whom a proxy names


class RefusedError(Exception):
    """Tell in the reader's language why somebody is not let in, with the status of the answer."""

    def __init__(self, status: int, said: str, wait: int | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.wait = wait  # s


class Door:
    """Let in who may decide; with `rights`, who is known by one of them."""

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
        self.asks = bool(self._secrets)  # whether the secret can be told with a decision
        self.decides: Callable[[Who], bool] = lambda _: True
        self._seal = FormSeal()
        self._sessions = Sessions()
        self._tries = Tries(MOST_TRIES, 60.0)
        self._all_tries = Tries(MOST_TRIES_OF_ALL, 1.0)

    @property
    def opens(self) -> bool:
        """Tell whether anybody may decide here."""
        return self.header is not None or bool(self._secrets)

    def of(self, decides: Callable[[Who], bool]) -> Door:
        """Return the door of one office, where not everybody who is known may decide; who is signed in here is there.

        By rights nobody is shown a page who is not known: a secret is told before.
        """
        door = copy(self)
        door.decides = decides
        door.asks = self.asks and not self.by_rights
        return door

    def token(self, who: Who | None) -> str:
        """Return the token of a form that is given to somebody, or to who has still to tell the secret."""
        return self._seal.token(NOBODY if who is None else who.holder)

    def admit(self, request: web.Request, fields: Mapping[str, str], now: float, text: Words) -> tuple[Who, str | None]:
        """Return who sent a form, and what the browser of somebody has to send who told the secret with it.

        Raises `RefusedError` and `FormError` where nobody may decide by it.
        """
        if not same_origin(request.headers, request.host):
            raise RefusedError(403, text("This form did not come from a page of this board."))
        who = self.known(request, now)
        if not self._seal.holds(NOBODY if who is None else who.holder, fields.get("token", "")):
            raise RefusedError(
                403, text("This form is too old, or was made for somebody else: look again, then decide.")
            )
        sent = None
        if who is None:
            sent, who = self._enter(fields, request.remote or "", now, text)
        if not self.decides(who):
            raise RefusedError(403, text("You may look at this office, and not decide."))
        return who, sent

    def who(self, request: web.Request, now: float) -> Who | None:
        """Return who sends a request, as of now (epoch s); None for who may only look."""
        who = self.known(request, now)
        return who if who is not None and self.decides(who) else None

    def known(self, request: web.Request, now: float) -> Who | None:
        """Return who sends a request, whatever they may do; None for who is not known.

        A header that came twice, as a client's own before the proxy's, names nobody.
        """
        if self.header is not None:
            named = request.headers.getall(self.header, [])
            if len(named) == 1 and 0 < len(name := named[0].strip()) <= MAX_NAME and name.isprintable():
                return Who(name, f"header {name}")
        session = self._sessions.of(request.cookies.get(COOKIE), now)
        return None if session is None else Who(session.who, f"session {session.id}", session)

    def _enter(self, fields: Mapping[str, str], client: str, now: float, text: Words) -> tuple[str, Who]:
        if not self.asks:
            raise RefusedError(403, text("Nobody is signed in: the proxy before this board names nobody."))
        name = name_of(fields, text)
        wait = max(self._tries.wait(client, now), self._all_tries.wait("", now))
        if wait:
            said = text("Too many wrong secrets; try again in {seconds} s.", seconds=ceil(wait))
            raise RefusedError(429, said, ceil(wait))
        given = fields.get("secret", "").strip()
        told = [number for number, secret in self._secrets.items() if secret.matches(given)]
        if not told:
            self._tries.failed(client, now)
            self._all_tries.failed("", now)
            log.warning("a wrong secret on the board", client=client)
            raise RefusedError(403, text("The secret is not right."))
        sent, session = self._sessions.begin(name, now, told[0])
        log.info("may decide on the board from now on", who=name, client=client)
        return sent, Who(name, f"session {session.id}", session)

    def leave(self, who: Who) -> None:
        """End a session."""
        if who.session is not None:
            self._sessions.end(who.session)


def remember(answer: web.StreamResponse, sent: str, *, secure: bool) -> None:
    """Set the cookie of a session; the browser sends it to this board alone."""
    answer.set_cookie(COOKIE, sent, max_age=int(SECONDS), path="/", httponly=True, samesite="Strict", secure=secure)
