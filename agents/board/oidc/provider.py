"""An OpenID Connect provider: its metadata, and the exchange of a code for a person."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final, NamedTuple, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
import msgspec
from aiohttp import ClientTimeout, encode_basic_auth

from agents.board.oidc.person import TOO_LATE, Attempt, Person, SignInError, person_of
from agents.board.oidc.tokens import INVALID, OTHER_ISSUER, OTHER_PERSON, keys_of, verified
from agents.secret import one_line
from config.office import Oidc
from config.refusal import ConfigError, Mistake
from config.security import on_loopback
from streams.said import said

WAIT_SECONDS: Final = 10.0  # for an answer of the provider, while a person waits
KEPT_SECONDS: Final = 300.0  # the metadata
MOST_BYTES: Final = 1_000_000  # of an answer
LEVEL: Final = "eidas1"  # the level of assurance that ProConnect wants to be asked for
OK: Final = 200

_AWAY: Final = said("The sign-in provider does not answer. Try again later.")
_CLIENT: Final = said("The provider does not accept this board: check board.oidc.client_id and client_secret_file.")

M = TypeVar("M")


class Metadata(msgspec.Struct):
    """What a provider publishes about itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    acr_values_supported: tuple[str, ...] = ()


class _Answer(NamedTuple):
    kind: str  # its media type
    body: bytes


class _Tokens(msgspec.Struct):
    id_token: str
    access_token: str


class _Failed(msgspec.Struct):
    error: str = ""


class Provider:
    """The client of one provider. Raises `ConfigError` if the library or the client's secret is missing."""

    def __init__(self, oidc: Oidc) -> None:
        if find_spec("joserfc") is None:
            found, expected = said("joserfc is not installed"), "pip install joserfc"
            raise ConfigError([Mistake("board.oidc", "", found, expected)])
        self.oidc: Final = oidc
        self._secret: str | None = None
        if oidc.client_secret_file is not None:
            key, words = "board.oidc.client_secret_file", said("a file with the client's secret on one line")
            self._secret = one_line(oidc.client_secret_file.read_text(encoding="utf-8"), key, words)
        self._metadata: tuple[float, Metadata] | None = None
        self.host: Final = urlsplit(oidc.issuer).hostname

    async def address(self, attempt: Attempt, back: str) -> str:
        """Return the address at which a person signs in; the browser returns to `back` with a code."""
        known = await self._known()
        asked = {
            "response_type": "code",
            "client_id": self.oidc.client_id,
            "redirect_uri": back,
            "scope": self.oidc.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        if LEVEL in known.acr_values_supported:
            asked["acr_values"] = LEVEL
        return _with(known.authorization_endpoint, asked)

    async def person(self, attempt: Attempt, given: Mapping[str, str], back: str) -> Person:
        """Return the person of the provider's answer, the `given` parameters of the browser's return.

        Raises `SignInError`.
        """
        if given.get("iss", self.oidc.issuer) != self.oidc.issuer:  # RFC 9207
            raise SignInError(OTHER_ISSUER)
        if "code" not in given:
            if given.get("error") == "access_denied":
                raise SignInError(said("The provider refused the sign-in, or you cancelled it."))
            raise SignInError(said("The provider reported an error. Sign in again, or ask the administrator."), 502)
        known, oidc = await self._known(), self.oidc
        tokens = await self._exchanged(known, attempt, given["code"], back)
        keys = keys_of((await self._asked("GET", known.jwks_uri)).body)
        expected = {"iss": oidc.issuer, "aud": oidc.client_id}
        claims = verified(tokens.id_token, keys, time.time(), nonce=attempt.nonce, **expected)
        if known.userinfo_endpoint is not None:
            bearer = {"Authorization": f"Bearer {tokens.access_token}"}
            told = await self._asked("GET", known.userinfo_endpoint, headers=bearer)
            if told.kind == "application/jwt":  # as ProConnect answers
                more = verified(told.body.decode("ascii", "replace").strip(), keys, time.time(), **expected)
            else:
                more = _read(told.body, dict[str, object])
            if more.get("sub") != claims["sub"]:
                raise SignInError(OTHER_PERSON)
            claims = {**claims, **more}
        return person_of(claims, oidc.claim, tokens.id_token)

    async def leaving(self, person: Person, back: str) -> str | None:
        """Return the address that ends a person's session at the provider; None if the provider has none."""
        known = await self._known()
        if known.end_session_endpoint is None:
            return None
        asked = {"id_token_hint": person.token, "client_id": self.oidc.client_id, "post_logout_redirect_uri": back}
        return _with(known.end_session_endpoint, {**asked, "state": "left"})

    async def _exchanged(self, known: Metadata, attempt: Attempt, code: str, back: str) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if self._secret is None:
            form["client_id"] = self.oidc.client_id
        elif "client_secret_basic" in known.token_endpoint_auth_methods_supported:
            headers["Authorization"] = encode_basic_auth(quote_plus(self.oidc.client_id), quote_plus(self._secret))
        else:
            form |= {"client_id": self.oidc.client_id, "client_secret": self._secret}
        return _read((await self._asked("POST", known.token_endpoint, data=form, headers=headers)).body, _Tokens)

    async def _known(self) -> Metadata:
        now = time.monotonic()
        if self._metadata is None or now - self._metadata[0] > KEPT_SECONDS:
            told = await self._asked("GET", f"{self.oidc.issuer.rstrip('/')}/.well-known/openid-configuration")
            found = _read(told.body, Metadata)
            if found.issuer != self.oidc.issuer:
                raise SignInError(
                    said("The provider's issuer is {issuer}: see board.oidc.issuer.", issuer=found.issuer), 502
                )
            used = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
            if not all(_is_private(each) for each in (*used, found.end_session_endpoint) if each is not None):
                raise SignInError(INVALID, 502)
            self._metadata = now, found
        return self._metadata[1]

    async def _asked(
        self,
        method: str,
        url: str,
        *,
        data: Mapping[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> _Answer:
        """Return the content type and the body of a successful answer."""
        timeout, far = ClientTimeout(total=WAIT_SECONDS), not on_loopback(urlsplit(url).hostname or "")
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=far) as http,
                http.request(method, url, data=data, headers=headers, allow_redirects=False) as answer,
            ):
                body = b""
                async for part in answer.content.iter_any():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise SignInError(INVALID, 502)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise SignInError(_AWAY, 503) from None
        if answer.status == OK:
            return _Answer(answer.content_type, body)
        if method == "POST" and answer.status < 500:  # noqa: PLR2004 -- the provider's answer to a code
            raise SignInError(TOO_LATE) if _read(body, _Failed).error == "invalid_grant" else SignInError(_CLIENT, 502)
        raise SignInError(_AWAY, 503)


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _is_private(address: str) -> bool:
    """Whether an address is encrypted or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and on_loopback(parts.hostname or ""))


def _read(told: bytes, as_: type[M]) -> M:
    try:
        return msgspec.json.decode(told, type=as_)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise SignInError(INVALID, 502) from None
