"""A sign-in is bound to one browser for ten minutes, though the server stores nothing."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from agents.board.deciding.forms import FormSeal
from agents.board.oidc.attempt import SECONDS, begun, resumed
from agents.board.oidc.person import SignInError


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
