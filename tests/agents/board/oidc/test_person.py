"""A provider's claims give a name to publish, and the values that the rights name."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from agents.board.deciding.forms import FormSeal
from agents.board.oidc.person import SECONDS, SignInError, begun, person_of, resumed

MOST = 100


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("13000548700019", {"13000548700019"}),
        (13000548700019, {"13000548700019"}),
        (["qualite", "agents", "", None, {"a": 1}], {"qualite", "agents"}),
    ],
)
def test_a_claim_is_a_text_a_number_or_a_list(given: object, values: set[str]) -> None:
    assert person_of({"sub": "1", "name": "Anne", "groups": given}, "groups", "token").values == values


@pytest.mark.parametrize("given", [None, "", [], {}, [None], {"groups": "qualite"}, 1.5])
def test_without_a_value_nobody_is_signed_in(given: object) -> None:
    with pytest.raises(SignInError, match="did not send “groups”"):
        person_of({"sub": "1", "groups": given}, "groups", "token")


@pytest.mark.parametrize("verified", [False, "true", None])
def test_an_address_that_nobody_verified_proves_nothing(verified: object) -> None:
    claims = {"sub": "1", "email": "anne@lozere.example", "email_verified": verified}
    with pytest.raises(SignInError, match="not verified"):
        person_of(claims, "email", "token")
    assert person_of({**claims, "email_verified": True}, "email", "token").values == {"anne@lozere.example"}
    assert person_of({**claims, "uid": "anne"}, "uid", "token").values == {"anne"}


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"given_name": "Anne", "usual_name": "Martin", "name": "other"}, "Anne Martin"),
        ({"given_name": "Anne", "family_name": "Martin"}, "Anne Martin"),
        ({"given_name": "Anne", "name": "Anne M."}, "Anne M."),
        ({"name": " Anne \n Martin "}, "Anne Martin"),
        ({"name": "Anne\u202eMartin", "preferred_username": "anne"}, "anne"),
        ({"name": "x" * 300}, "x" * MOST),
        ({"name": {"first": "Anne"}}, "1"),
    ],
)
def test_the_name_is_one_printable_line(claims: dict[str, object], name: str) -> None:
    assert person_of({"sub": "1", "uid": "a", **claims}, "uid", "token").name == name


def test_the_browser_that_began_resumes_with_the_same_nonce_and_verifier() -> None:
    seal = FormSeal()
    attempt = begun(seal, "/sites/lozere/?wall", 1000.0)
    assert resumed(seal, attempt.cookie, attempt.state, 1000.0 + SECONDS) == attempt
    assert attempt.to == "/sites/lozere/?wall"
    with pytest.raises(SignInError, match="too long"):
        resumed(seal, attempt.cookie, attempt.state, 1001.0 + SECONDS)


def test_the_challenge_is_the_hash_of_a_secret_that_the_browser_never_has() -> None:
    attempt = begun(FormSeal(), "/", 0.0)
    challenge = urlsafe_b64encode(sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
    assert attempt.challenge == challenge
    assert 43 <= len(attempt.verifier) <= 128, "RFC 7636"
    assert len({attempt.cookie, attempt.state, attempt.nonce, attempt.verifier}) == 4


@pytest.mark.parametrize("change", ["to", "time", "random", "nothing", "surrogate", "other board", "other state"])
def test_any_other_cookie_board_or_state_is_refused(change: str) -> None:
    seal = FormSeal()
    attempt = begun(seal, "/", 1000.0)
    random, at, to = attempt.cookie.split(".")
    cookie = {
        "to": f"{random}.{at}.{b'//evil.example'.hex()}",
        "time": f"{random}.9999.{to}",
        "random": f"{random}x.{at}.{to}",
        "nothing": "",
        "surrogate": "\ud800",
    }.get(change, attempt.cookie)
    state = begun(seal, "/", 1000.0).state if change == "other state" else attempt.state
    with pytest.raises(SignInError, match="did not begin in this browser"):
        resumed(FormSeal() if change == "other board" else seal, cookie, state, 1000.0)
