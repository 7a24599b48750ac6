"""A small OpenID Connect provider that answers as ProConnect does, or wrongly in one of many ways."""

from __future__ import annotations

import hmac
import json
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT: Final = "tocsin"
SECRET: Final = "cheval-juste-batterie"
BACK: Final = "/door/oidc/back"
SIRET: Final = "13000548700019"
ANNE: Final = {
    "sub": "b6048e95",
    "given_name": "Anne",
    "usual_name": "Martin",
    "email": "anne.martin@lozere.example",
    "uid": "anne",
    "siret": SIRET,
    "groups": ["qualite", "agents"],
}


@cache
def keys() -> Mapping[str, RSAKey | ECKey]:
    """Return a key for each algorithm; a stranger's key too."""
    return {
        "RS256": RSAKey.generate_key(2048, {"kid": "rs"}),
        "ES256": ECKey.generate_key("P-256", {"kid": "es"}),
        "stranger": ECKey.generate_key("P-256", {"kid": "es"}),
    }


class FakeProvider:
    """A provider; `wrong` names its present fault."""

    def __init__(self, *, algorithm: str = "RS256", asks: bool = False) -> None:
        self.algorithm = algorithm
        self.wrong = ""
        self.claims: dict[str, Any] = dict(ANNE)
        self.left: list[dict[str, str]] = []  # what people who sign out bring
        self.asked: list[dict[str, str]] = []  # what people who sign in bring
        self._asks = asks  # shows a page with a button, in place of a redirect
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/oidc/.well-known/openid-configuration", self._metadata),
                web.get("/oidc/authorize", self._authorize),
                web.post("/oidc/token", self._token),
                web.get("/oidc/userinfo", self._userinfo),
                web.get("/oidc/jwks", self._jwks),
                web.get("/oidc/leave", self._leave),
            ]
        )
        return app

    async def _metadata(self, request: web.Request) -> web.Response:
        if self.wrong == "away":
            return web.Response(status=503)
        if self.wrong == "garbage":
            return web.Response(text="<html>")
        issuer = _issuer(request)
        found = {
            "issuer": f"{issuer}/other" if self.wrong == "renamed" else issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": "http://evil.example/" if self.wrong == "in clear" else f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/leave",
            "token_endpoint_auth_methods_supported": [
                "client_secret_post" if self.wrong == "" else "client_secret_basic"
            ],
            "acr_values_supported": ["eidas1", "eidas2"],
        }
        return web.json_response(found)

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"].endswith(BACK)
        assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
        assert min(len(asked["state"]), len(asked["nonce"])) >= 32, "as ProConnect wants"
        assert asked["acr_values"] == "eidas1"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": _issuer(request)}
        if self.wrong == "denied":
            answer = {"error": "access_denied", "state": asked["state"]}
        if self.wrong == "error":
            answer = {"error": "server_error", "error_description": "<b>", "state": asked["state"]}
        if self.wrong == "state":
            answer["state"] = secrets.token_hex(32)
        if self.wrong == "mixed up":
            answer["iss"] = "https://evil.example"
        back = f"{asked['redirect_uri']}?{urlencode(answer)}"
        if self._asks:
            page = f'<!doctype html><title>Identité</title><a id="go" href="{back.replace("&", "&amp;")}">Continuer</a>'
            return web.Response(text=page, content_type="text/html")
        return web.Response(status=302, headers={"Location": back})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        given = (form.get("client_id", ""), form.get("client_secret", ""))
        if self.wrong:  # its metadata then ask for the secret in a header
            name, _, secret = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
            given = (name, secret)
        if given != (CLIENT, SECRET) or self.wrong == "client":
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self._codes.pop(form["code"], None)
        challenge = _base64(sha256(form["code_verifier"].encode()).digest())
        if asked is None or challenge != asked["code_challenge"] or self.wrong == "late":
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert form["redirect_uri"] == asked["redirect_uri"]
        access = secrets.token_urlsafe(16)
        self._tokens.add(access)
        now = round(time.time())
        claims: dict[str, Any] = {
            "iss": _issuer(request),
            "aud": CLIENT,
            "sub": self.claims["sub"],
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            "acr": "eidas1",
        }
        faults: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://evil.example"},
            "audience": {"aud": "other"},
            "audiences": {"aud": ["other", CLIENT], "azp": "other"},
            "nonce": {"nonce": "x" * 64},
            "expired": {"iat": now - 7200, "exp": now - 7140},
            "future": {"iat": now + 600, "exp": now + 660},
            "no subject": {"sub": None},
        }
        claims |= faults.get(self.wrong, {})
        token = {"id_token": self._signed(claims), "access_token": access, "token_type": "Bearer"}
        return web.json_response(token)

    async def _userinfo(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].removeprefix("Bearer ") in self._tokens
        claims = {**self.claims, "iss": _issuer(request), "aud": CLIENT}
        if self.wrong == "no claim":
            claims = {name: each for name, each in claims.items() if name not in {"siret", "groups", "email"}}
        if self.wrong == "other person":
            claims["sub"] = "somebody else"
        if self.wrong == "userinfo for others":
            claims["aud"] = "other"
        if self.wrong == "unverified":
            claims["email_verified"] = False
        if self.wrong == "plain":
            return web.json_response(claims)
        told = unsigned(claims) if self.wrong == "userinfo unsigned" else self._signed(claims)
        return web.Response(text=told, content_type="application/jwt")

    async def _jwks(self, _request: web.Request) -> web.Response:
        public = KeySet([keys()["ES256"], keys()["RS256"]]).as_dict(private=False)
        unknown = {"kty": "PQ", "kid": "of the future"}
        return web.json_response({"keys": [unknown, *public["keys"]]})

    async def _leave(self, request: web.Request) -> web.Response:
        self.left.append(dict(request.query))
        jwt.decode(request.query["id_token_hint"], keys()[self.algorithm], algorithms=[self.algorithm])
        back = f"{request.query['post_logout_redirect_uri']}?state={request.query['state']}"
        return web.Response(status=302, headers={"Location": back})

    def _signed(self, claims: Mapping[str, Any]) -> str:
        if self.wrong == "unsigned":
            return unsigned(claims)
        if self.wrong == "public key as a secret":
            signed = _parts({"alg": "HS256", "kid": "rs"}, claims)
            return f"{signed}.{_base64(hmac.digest(keys()['RS256'].as_pem(private=False), signed.encode(), 'sha256'))}"
        key = keys()["stranger" if self.wrong == "stranger" else self.algorithm]
        algorithm = "ES256" if self.wrong == "stranger" else self.algorithm
        return jwt.encode({"alg": algorithm, "kid": key.kid}, dict(claims), key, algorithms=[algorithm])


def unsigned(claims: Mapping[str, Any]) -> str:
    return _parts({"alg": "none"}, claims) + "."


def _parts(*documents: Mapping[str, Any]) -> str:
    return ".".join(_base64(json.dumps(each).encode()) for each in documents)


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _issuer(request: web.Request) -> str:
    return f"http://{request.host}/oidc"


def parameters(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(address.partition("?")[2]))
