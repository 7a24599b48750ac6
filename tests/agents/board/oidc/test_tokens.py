"""A token counts only if a key of the provider signed it, for this client and now."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from agents.board.oidc.person import SignInError
from agents.board.oidc.tokens import LEEWAY_SECONDS, keys_of, verified
from tests.agents.board.oidc.provider import unsigned

NOW = 1_800_000_000.0
KEY = ECKey.generate_key("P-256", {"kid": "es"})
KEYS = keys_of(json.dumps(KeySet([KEY]).as_dict(private=False)).encode())
EXPECTED = {"iss": "https://id.example", "aud": "tocsin", "nonce": "n"}
CLAIMS = {**EXPECTED, "sub": "1", "iat": round(NOW), "exp": round(NOW) + 60}


def signed(**claims: object) -> str:
    told = {name: each for name, each in {**CLAIMS, **claims}.items() if each is not None}
    return jwt.encode({"alg": "ES256", "kid": "es"}, told, KEY, algorithms=["ES256"])


def test_a_sound_token_gives_its_claims() -> None:
    assert verified(signed(), KEYS, NOW, **EXPECTED) == CLAIMS
    several = signed(aud=["tocsin", "other"], azp="tocsin")
    assert verified(several, KEYS, NOW, **EXPECTED)["azp"] == "tocsin"


@pytest.mark.parametrize("ahead", [-LEEWAY_SECONDS - 59, 0, LEEWAY_SECONDS])
def test_clocks_may_differ_by_a_minute(ahead: int) -> None:
    assert verified(signed(iat=round(NOW) + ahead, exp=round(NOW) + ahead + 60), KEYS, NOW, **EXPECTED)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "other"}, "another client"),
        ({"aud": []}, "another client"),
        ({"aud": None}, "another client"),
        ({"aud": ["other", "tocsin"], "azp": "other"}, "another client"),
        ({"nonce": "m"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"sub": None}, "two different persons"),
        ({"exp": None}, "not valid OpenID Connect"),
        ({"iat": None}, "not valid OpenID Connect"),
        ({"iat": "now"}, "not valid OpenID Connect"),
        ({"iat": round(NOW) - 7200, "exp": round(NOW) - 7140}, "differ by 7200 s"),
        ({"iat": round(NOW) + 61}, "differ by 61 s"),
        ({"nbf": round(NOW) + 300}, "differ by 300 s"),
    ],
)
def test_each_wrong_claim_is_named(claims: dict[str, Any], words: str) -> None:
    with pytest.raises(SignInError, match=words) as refused:
        verified(signed(**claims), KEYS, NOW, **EXPECTED)
    assert "eyJ" not in str(refused.value)


def test_a_token_that_no_key_of_the_provider_signed_is_refused() -> None:
    other = ECKey.generate_key("P-256", {"kid": "es"})
    unknown = ECKey.generate_key("P-256", {"kid": "unknown"})
    secret = OctKey.generate_key(256)
    tokens = [
        jwt.encode({"alg": "ES256", "kid": "es"}, CLAIMS, other, algorithms=["ES256"]),
        jwt.encode({"alg": "ES256", "kid": "unknown"}, CLAIMS, unknown, algorithms=["ES256"]),
        jwt.encode({"alg": "HS256", "kid": "es"}, CLAIMS, secret, algorithms=["HS256"]),
        unsigned(CLAIMS),
        signed()[:-4] + "AAAA",
        signed().rpartition(".")[0] + ".",
        "no token",
        "",
        "é",
    ]
    for token in tokens:
        with pytest.raises(SignInError, match="missing or invalid"):
            verified(token, KEYS, NOW, **EXPECTED)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keys": []}', b'{"keys": 1}', b'{"keys": [{"kty": "EC"}]}'])
def test_a_document_without_a_key_is_refused(document: bytes) -> None:
    with pytest.raises(SignInError, match="not valid OpenID Connect"):
        keys_of(document)
