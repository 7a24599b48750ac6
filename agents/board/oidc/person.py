"""A person whom an OpenID Connect provider has signed in, and the attempts to sign in."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Final, NamedTuple

from agents.board.deciding.forms import MAX_NAME, FormSeal
from streams.said import said

_NAMES: Final = (("given_name", "usual_name"), ("given_name", "family_name"))  # the first one is ProConnect's
_ONE_NAME: Final = ("name", "preferred_username", "email", "sub")
SECONDS: Final = 600.0  # to sign in at the provider
TOO_LATE: Final = said("This sign-in took too long, or its code was already used. Sign in again.")


class Person(NamedTuple):
    subject: str  # the provider's id of the person
    name: str
    values: frozenset[str]  # of the claim that the rights name
    token: str  # the ID token, which the provider wants back at sign-out


class SignInError(Exception):
    """A failed sign-in, with a translatable sentence and the status of the answer."""

    def __init__(self, words: str, status: int = 403) -> None:
        super().__init__(words)
        self.status = status


def person_of(claims: Mapping[str, object], claim: str, token: str) -> Person:
    """Return the person of a provider's claims.

    Raises `SignInError` if the `claim` that the rights name is missing, or is an unverified address.
    """
    if claim == "email" and claims.get("email_verified", True) is not True:
        raise SignInError(said("The provider has not verified your e-mail address."))
    given = claims.get(claim)
    listed = given if isinstance(given, list) else [given]
    values = frozenset(str(each) for each in listed if isinstance(each, str | int) and str(each))
    if not values:
        words = said(
            "The provider did not send “{claim}”, which gives the rights here (board.oidc.claim).", claim=claim
        )
        raise SignInError(words)
    return Person(str(claims["sub"]), _name(claims), values, token)


def _name(claims: Mapping[str, object]) -> str:
    """Return a name to publish with decisions, on one line.

    >>> _name({"sub": "1", "given_name": "Anne", "usual_name": "Martin", "name": "x"}), _name({"sub": "1", "name": ""})
    ('Anne Martin', '1')
    """
    for keys in (*_NAMES, *((each,) for each in _ONE_NAME)):
        parts = [given for each in keys if isinstance(given := claims.get(each), str) and given.strip()]
        name = " ".join(" ".join(parts).split())
        if len(parts) == len(keys) and name.isprintable():
            return name[:MAX_NAME]
    return "?"


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
