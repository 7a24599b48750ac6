"""Authentication and permission to decide: a proxy's header, an OpenID Connect provider, a secret, or one per right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from math import ceil
from typing import Final, NamedTuple

import structlog
from aiohttp import web

from agents.board.deciding.forms import MAX_NAME, FormSeal, name_of, same_origin
from agents.board.deciding.secret import Tries, read_secret
from agents.board.deciding.sessions import COOKIE, SECONDS, TLS_COOKIE, Sessions, SignedIn
from agents.board.oidc.person import Attempt, Person, begun, resumed
from agents.board.oidc.provider import Provider
from agents.security_log import security_event
from agents.translation import Words
from config.office import Board
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

    def __init__(self, board: Board, rights: Sequence[AccessRight] | None = None) -> None:
        decide = board.decide
        self.header: Final = decide.header
        self.provider: Final = None if board.oidc is None else Provider(board.oidc)
        self.by_rights: Final = rights is not None
        if rights is None:
            files = {"board.decide.token_file": decide.token_file}
        else:
            files = {f"rights.{number}.token_file": each.token_file for number, each in enumerate(rights)}
        self._secrets = {file: read_secret(file, key) for key, file in files.items() if file is not None}
        self.asks = bool(self._secrets)  # whether a decision's form asks for the secret
        self.decides: Callable[[Who], bool] = lambda _: True
        self._seal = FormSeal()
        self._sessions = Sessions()
        self._tries = Tries(MOST_TRIES, 60.0)

    @property
    def opens(self) -> bool:
        """Whether anybody may decide here."""
        return self.header is not None or self.provider is not None or bool(self._secrets)

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
        """Return the sender of a form, and the id of a new session if the form had the secret.

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
            cookie = TLS_COOKIE if request.headers.get("Origin", "").startswith("https://") else COOKIE
            sent, who = self._enter(fields, request.remote or "", now, text, cookie)
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
        for cookie in (TLS_COOKIE, COOKIE):
            session = self._sessions.of(request.cookies.get(cookie), now)
            if session is not None and session.cookie == cookie:
                return Who(session.who, f"session {session.id}", session)
        return None

    def begin(self, to: str, now: float) -> Attempt:
        """Return a new attempt to sign in at the provider, which returns to the page `to`."""
        return begun(self._seal, to, now)

    def resume(self, cookie: str, state: str, now: float) -> Attempt:
        """Return the attempt of a browser that comes back from the provider; raise `SignInError` if it has none."""
        return resumed(self._seal, cookie, state, now)

    def enter(self, person: Person, request: web.Request, now: float, *, tls: bool) -> tuple[str, SignedIn]:
        """Start the session of a person who signed in at the provider; end the browser's previous session."""
        if (who := self.known(request, now)) is not None:
            self.leave(who)
        sent, session = self._sessions.begin(person.name, now, None, TLS_COOKIE if tls else COOKIE, person)
        log.info("signed in by the provider", who=person.name, subject=person.subject, client=request.remote)
        security_event("sign-in", who=person.name, subject=person.subject, client=request.remote)
        return sent, session

    def _enter(self, fields: Mapping[str, str], client: str, now: float, text: Words, cookie: str) -> tuple[str, Who]:
        if not self.asks:
            if self.provider is not None:
                raise RefusedError(403, text("Sign in to see this page."))
            raise RefusedError(403, text("You are not signed in: the proxy in front of this board sent no name."))
        name = name_of(fields, text)
        given = fields.get("secret", "").strip()
        matching = [file for file, secret in self._secrets.items() if secret.matches(given)]
        if not matching:  # only now: another's wrong secrets, from behind the same proxy, must not keep a right one out
            if wait := self._tries.wait(client, now):
                said = text("Too many failed attempts; try again in {seconds} s.", seconds=ceil(wait))
                raise RefusedError(429, said, ceil(wait))
            self._tries.failed(client, now)
            log.warning("a wrong secret on the board", client=client)
            security_event("sign-in", succeeded=False, who=name, client=client, reason="wrong secret")
            raise RefusedError(403, text("Wrong secret."))
        sent, session = self._sessions.begin(name, now, matching[0], cookie)
        log.info("may decide on the board from now on", who=name, client=client)
        security_event("sign-in", who=name, client=client)
        return sent, Who(name, f"session {session.id}", session)

    def leave(self, who: Who) -> None:
        if who.session is not None:
            self._sessions.end(who.session)
            security_event("sign-out", who=who.name)


def remember(answer: web.StreamResponse, sent: str, session: SignedIn) -> None:
    """Set the session's cookie, which the browser sends to this board only.

    A browser that comes back from a provider would not send a `Strict` cookie.
    """
    secure, samesite = session.cookie == TLS_COOKIE, "Strict" if session.person is None else "Lax"
    answer.set_cookie(
        session.cookie, sent, max_age=int(SECONDS), path="/", httponly=True, samesite=samesite, secure=secure
    )


def forget(answer: web.StreamResponse, session: SignedIn) -> None:
    """Remove the session's cookie."""
    answer.del_cookie(session.cookie, path="/", httponly=True, secure=session.cookie == TLS_COOKIE)
