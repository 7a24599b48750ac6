"""The only module that turns `kafka.security` into options of the clients: kafka-python's and Faust's.

Every file is read when a client is created, so a renewed file takes effect at the next start.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import structlog
from kafka.net.sasl.oauth import (  # type: ignore[import-untyped]  # ships no types
    AbstractTokenProvider as KafkaPythonTokens,
)

from config.refusal import ConfigError, Mistake

if TYPE_CHECKING:
    from aiokafka.abc import AbstractTokenProvider as AiokafkaTokens
    from faust.types.auth import CredentialsT

    from config.security import OAuth, Security

log = structlog.get_logger()

ANSWER_SECONDS: Final = 10.0
EARLY: Final = 0.8  # share of its lifetime for which a token is used: it must not expire in transit


def kafka_python_options(security: Security) -> dict[str, Any]:
    """Return the options by which a kafka-python client authenticates.

    Raises `OSError` for a file that cannot be read, `ConfigError` for one with the wrong content.
    """
    _warn(security)
    options: dict[str, Any] = {"security_protocol": security.protocol, "ssl_context": _tls(security)}
    if not security.sasl:
        return options
    options["sasl_mechanism"] = security.mechanism
    if security.oauth is not None:
        return options | {"sasl_oauth_token_provider": _ForKafkaPython(_tokens(security.oauth))}
    return options | {"sasl_plain_username": security.user, "sasl_plain_password": _secret(security.password_file)}


def faust_credentials(security: Security) -> CredentialsT | None:
    """Return a Faust app's credentials, None for plain text; raises as `kafka_python_options` does."""
    # Faust and aiokafka take a third of a second to import, and only the worker uses them.
    from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials  # noqa: PLC0415 - the same

    _warn(security)
    context = _tls(security)
    if not security.sasl:
        return None if context is None else SSLCredentials(context)
    if security.oauth is not None:
        return OAuthCredentials(oauth_cb=_for_aiokafka(_tokens(security.oauth)), ssl_context=context)
    return SASLCredentials(
        username=security.user,
        password=_secret(security.password_file),
        ssl_context=context,
        mechanism=security.mechanism,
    )


@lru_cache(maxsize=8)  # once per process
def _warn(security: Security) -> None:
    if security.sasl and not security.tls:
        secret = {"PLAIN": "the password", "OAUTHBEARER": "the token"}.get(security.mechanism, "no secret")
        log.warning("records are sent unencrypted; the protocol SASL_SSL encrypts them", also_unencrypted=secret)


def _tls(security: Security) -> ssl.SSLContext | None:
    """Return a context that checks the broker's certificate and name, and presents the client's certificate, if any."""
    if not security.tls:
        return None
    context = _trusting(security.ca, "kafka.security")
    if security.cert is None:
        return context

    file, asked = security.key_password_file, False

    def password() -> str:
        # Without this OpenSSL would prompt on the terminal.
        nonlocal asked
        asked = True
        if file is None:
            _refuse("kafka.security", "key_password_file", None, f"the file with the password of {security.key}")
        return _secret(file)

    try:
        context.load_cert_chain(security.cert, security.key, password)
    except ssl.SSLError as error:
        if asked:
            _refuse("kafka.security", "key_password_file", file, f"the file with the password of {security.key}")
        if error.reason == "KEY_VALUES_MISMATCH":
            _refuse("kafka.security", "key", security.key, f"the private key of {security.cert}")
        _refuse("kafka.security", "key", security.key, f"a private key in PEM, as {security.cert} is a certificate")
    return context


def _trusting(ca: Path | None, where: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError as error:
        _refuse(where, "ca", ca, f"certificates in PEM ({error.reason or error})")


def _secret(file: Path | None) -> str:
    assert file is not None  # the settings require it
    return file.read_text(encoding="utf-8").rstrip("\r\n")


def _refuse(where: str, key: str, found: Path | None, expected: str) -> NoReturn:
    raise ConfigError([Mistake(where, key, "nothing" if found is None else str(found), expected)])


class TokenError(ConnectionError):
    """A token that could not be fetched. Both clients treat it as a broker that is away, and try again."""


class Tokens:
    """OAuth tokens fetched by client credentials, each reused for most of its lifetime.

    The constructor raises `ConfigError` if `ca` has the wrong content.
    """

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._tls = _trusting(oauth.ca, "kafka.security.oauth") if oauth.token_url.startswith("https:") else None
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0  # monotonic seconds

    def token(self) -> str:
        """Return a valid token; raise `TokenError` if the server issues none."""
        with self._lock:
            if time.monotonic() >= self._until:
                asked = time.monotonic()
                self._token, life = self._fetch()
                self._until = asked + EARLY * life
            return self._token

    def _fetch(self) -> tuple[str, float]:
        oauth = self._oauth
        form = {
            "grant_type": "client_credentials",
            "client_id": oauth.client_id,
            "client_secret": _secret(oauth.client_secret_file),
        } | ({} if oauth.scope is None else {"scope": oauth.scope})
        request = Request(oauth.token_url, urlencode(form).encode(), {"Accept": "application/json"})  # noqa: S310 -- https, as the settings demand
        try:
            with urlopen(request, timeout=ANSWER_SECONDS, context=self._tls) as answer:  # noqa: S310 -- the same
                token = json.load(answer)
            return str(token["access_token"]), float(token.get("expires_in", 60))
        except (OSError, HTTPException) as error:
            why: object = error
        except (KeyError, TypeError, ValueError, AttributeError):
            why = "its answer is not JSON with an access_token"
        raise TokenError(f"{oauth.token_url} issues no token to {oauth.client_id}: {why}; see kafka.security.oauth")


@lru_cache(maxsize=8)
def _tokens(oauth: OAuth) -> Tokens:
    return Tokens(oauth)


class _ForKafkaPython(KafkaPythonTokens):  # type: ignore[misc]  # its base has no types
    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    def token(self) -> str:
        return self._tokens.token()


def _for_aiokafka(tokens: Tokens) -> AiokafkaTokens:
    from aiokafka.abc import AbstractTokenProvider  # noqa: PLC0415 - as Faust above

    class ForAiokafka(AbstractTokenProvider):  # type: ignore[misc]  # its base has no types
        async def token(self) -> str:
            return await asyncio.to_thread(tokens.token)

    return ForAiokafka()
