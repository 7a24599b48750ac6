"""A person whom an OpenID Connect provider has signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from agents.board.deciding.forms import MAX_NAME
from streams.said import said

_NAMES: Final = (("given_name", "usual_name"), ("given_name", "family_name"))  # the first one is ProConnect's
_ONE_NAME: Final = ("name", "preferred_username", "email", "sub")


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
