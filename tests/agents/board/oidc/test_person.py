"""A provider's claims give a name to publish, and the values that the rights name."""

from __future__ import annotations

import pytest

from agents.board.oidc.person import SignInError, person_of

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
