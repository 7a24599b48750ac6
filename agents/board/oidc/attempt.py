"""A sign-in in progress. The browser keeps a random cookie, the server keeps nothing."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Final, NamedTuple

from agents.board.deciding.forms import FormSeal
from agents.board.oidc.person import SignInError
from streams.said import said

SECONDS: Final = 600.0  # to sign in at the provider
TOO_LATE: Final = said("This sign-in took too long, or its code was already used. Sign in again.")


class Attempt(NamedTuple):
    """What one sign-in sends to the provider; all derive from the cookie by the board's key."""

    cookie: str
    to: str  # the page to return to
    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The verifier's hash (PKCE, RFC 7636, method S256)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def begun(seal: FormSeal, to: str, now: float) -> Attempt:
    """Return a new attempt at `now` (epoch s)."""
    return _of(seal, f"{secrets.token_urlsafe(32)}.{round(now)}.{to.encode().hex()}")


def resumed(seal: FormSeal, cookie: str, state: str, now: float) -> Attempt:
    """Return the attempt of a browser that returns; raise `SignInError` if it began elsewhere or too long ago."""
    attempt = _of(seal, cookie)
    if not cookie or not compare_digest(attempt.state.encode(), state.encode("utf-8", "surrogatepass")):
        raise SignInError(
            said("This sign-in did not begin in this browser, or another one has replaced it. Sign in again.")
        )
    if now - float(cookie.split(".")[1]) > SECONDS:
        raise SignInError(TOO_LATE)
    return attempt


def _of(seal: FormSeal, cookie: str) -> Attempt:
    """Return the attempt of a cookie; of a forged one, nothing but the state may be used."""
    state, nonce, verifier = (seal.token(f"{use} {cookie}") for use in ("state", "nonce", "verifier"))
    return Attempt(cookie, _to(cookie), state, nonce, verifier)


def _to(cookie: str) -> str:
    try:
        return bytes.fromhex(cookie.rpartition(".")[2]).decode()
    except ValueError:
        return "/"
