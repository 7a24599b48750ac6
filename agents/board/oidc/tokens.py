"""Signed tokens of a provider (JWT, RFC 7519), verified with the keys that it publishes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from agents.board.oidc.person import SignInError
from streams.said import said

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

LEEWAY_SECONDS: Final = 60  # between the clocks of this machine and of the provider
# Only asymmetric signatures: `none` proves nothing, and with HS256 a published key could be used as a secret.
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

OTHER_ISSUER: Final = said("The provider's answer comes from another issuer than board.oidc.issuer.")
OTHER_PERSON: Final = said("The provider's answers are about two different persons.")
_WRONG: Final = {
    "iss": OTHER_ISSUER,
    "aud": said("The provider's answer is for another client than board.oidc.client_id."),
    "azp": said("The provider's answer is for another client than board.oidc.client_id."),
    "nonce": said("The provider's answer belongs to another sign-in. Sign in again."),
    "sub": OTHER_PERSON,
}
_UNSIGNED: Final = said("The provider's signature is missing or invalid.")
INVALID: Final = said("The provider's answer is not valid OpenID Connect.")


def keys_of(document: bytes) -> KeySet:
    """Return a provider's public keys from its JWKS (RFC 7517)."""
    from joserfc.errors import JoseError  # noqa: PLC0415 -- an extra
    from joserfc.jwk import KeySet  # noqa: PLC0415 -- an extra

    try:
        return KeySet.import_key_set(json.loads(document))
    except (JoseError, ValueError, KeyError, TypeError):
        raise SignInError(INVALID, 502) from None


def verified(token: str, keys: KeySet, now: float, **expected: str) -> dict[str, Any]:
    """Return the claims of a signed token at `now` (epoch s), whose claims must be the `expected` ones.

    Raises `SignInError`, which names the fault and contains no part of the token.
    """
    from joserfc import jwt  # noqa: PLC0415 -- an extra
    from joserfc.errors import ClaimError, ExpiredTokenError, InvalidClaimError, JoseError  # noqa: PLC0415 -- an extra

    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError):
        raise SignInError(_UNSIGNED) from None
    essential: Any = {name: {"essential": True, "value": value} for name, value in expected.items()}
    needed: Any = {name: {"essential": True} for name in ("sub", "exp", "iat") if "nonce" in expected}
    registry = jwt.JWTClaimsRegistry(now=round(now), leeway=LEEWAY_SECONDS, **needed, **essential)
    try:
        registry.validate(claims)
    except ExpiredTokenError:
        raise _clocks(claims, now) from None
    except InvalidClaimError as error:
        raise _clocks(claims, now, error.claim) if error.claim in {"iat", "nbf"} else _wrong(error.claim) from None
    except ClaimError as error:
        raise _wrong(error.claim) from None
    audience, party = claims.get("aud"), claims.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is not None and party != expected.get("aud"):
        raise SignInError(_WRONG["azp"])
    return claims


def _wrong(claim: str) -> SignInError:
    return SignInError(_WRONG.get(claim, INVALID))


def _clocks(claims: Mapping[str, Any], now: float, claim: str = "iat") -> SignInError:
    """Return the error of a fresh token that is not valid now."""
    at = claims.get(claim)
    if not isinstance(at, int | float):
        return SignInError(INVALID)
    words = said("The clocks of this machine and of the provider differ by {seconds} s.", seconds=round(abs(at - now)))
    return SignInError(words)
