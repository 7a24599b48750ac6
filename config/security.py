"""How a client and Kafka prove their identities to each other; every secret is in its own file."""

import ipaddress
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ValidationInfo, field_validator, model_validator

from config import quantities as q
from config.part import Part, mistake
from streams.said import said

# Keys that have no effect unless another key is set: to set one of these alone gives a false sense of safety.
_OF_TLS: Final = ("ca", "cert", "key", "key_password_file")
_OF_A_PASSWORD: Final = ("user", "password_file")


def _trusted(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and on_loopback(host)):
        raise ValueError(said("https://HOST/PATH, or http:// on this machine: the client's secret is sent there"))
    return url


def on_loopback(host: str) -> bool:
    """Return whether a host, given as an address or a name, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


SecretUrl = Annotated[q.Text, AfterValidator(_trusted)]  # of a server that receives a secret


class OAuth(Part):
    """The token server from which a client gets tokens by the client credentials grant (RFC 6749, 4.4)."""

    token_url: SecretUrl
    client_id: q.Text
    client_secret_file: q.SecretFile
    scope: q.Text | None = None
    ca: q.ExistingFile | None = None  # the authority of the token server's certificate; by default the system's


class Security(Part):
    """How to reach the broker, and the files by which a client proves its identity."""

    protocol: q.Protocol = "PLAINTEXT"
    ca: q.ExistingFile | None = None
    cert: q.ExistingFile | None = None
    key: q.SecretFile | None = None
    key_password_file: q.SecretFile | None = None
    mechanism: q.SaslMechanism = "SCRAM-SHA-512"
    user: q.Text | None = None
    password_file: q.SecretFile | None = None
    oauth: OAuth | None = None

    @property
    def tls(self) -> bool:
        return self.protocol.endswith("SSL")

    @property
    def sasl(self) -> bool:
        """Return whether a client proves its identity by more than a certificate."""
        return self.protocol.startswith("SASL")

    @field_validator("key")
    @classmethod
    def _with_cert(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if "cert" in info.data and (value is None) != (info.data["cert"] is None):
            raise ValueError(said("cert and key together, or neither"))
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse missing settings, and settings without effect."""
        by_token = self.sasl and self.mechanism == "OAUTHBEARER"
        by_password = self.sasl and not by_token
        since = said("the protocol is {protocol}", protocol=self.protocol)
        if self.sasl:
            since = said(
                "the protocol is {protocol} and the mechanism {mechanism}",
                protocol=self.protocol,
                mechanism=self.mechanism,
            )
        needs = {"oauth": by_token} | dict.fromkeys(_OF_A_PASSWORD, by_password)
        for key, needed in needs.items():
            if needed and getattr(self, key) is None:
                raise mistake((key,), None, said("a value, since {why}", why=since))
        allowed = needs | dict.fromkeys(_OF_TLS, self.tls) | {"mechanism": self.sasl}
        for key, used in allowed.items():
            if not used and key in self.model_fields_set and getattr(self, key) is not None:
                raise mistake((key,), str(getattr(self, key)), said("no value, since {why}", why=since))
        if self.key_password_file is not None and self.key is None:
            raise mistake(("key_password_file",), str(self.key_password_file), said("no value, since there is no key"))
        return self
