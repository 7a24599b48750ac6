"""A real Apache Kafka with authentication: TLS, passwords, certificates, tokens, and rights."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from kafka.admin import (  # type: ignore[import-untyped]  # ships no types
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from agents.kafka.apache import apache_node
from agents.ports import free_port
from config.security import OAuth, Security
from config.settings import Kafka, Settings

HOST = "127.0.0.1"
PASSWORD = "tres-secret"
PREFIX = "tocsin."


class Authority:
    """A certificate authority by openssl, with its certificates in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.ca, self._key = folder / "ca.pem", folder / "ca.key"
        self._openssl("-subj", "/CN=ca", "-noenc", "-keyout", self._key, "-out", self.ca)

    def sign(self, name: str, password: str | None = None) -> tuple[Path, Path]:
        """Return the files of a certificate and of its key, which a password may lock."""
        cert, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        locked = ["-noenc"] if password is None else ["-passout", f"pass:{password}"]
        by: list[str | Path] = ["-CA", self.ca, "-CAkey", self._key, "-addext", f"subjectAltName=IP:{HOST}"]
        self._openssl("-subj", f"/CN={name}", *locked, *by, "-keyout", key, "-out", cert)
        key.chmod(0o600)
        return cert, key

    def secret(self, name: str, text: str) -> Path:
        """Return a file with a secret in it, readable by its owner alone."""
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return file

    def _openssl(self, *arguments: str | Path) -> None:
        made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days", "2"]
        subprocess.run(["openssl", "req", "-x509", *made, *arguments], check=True, capture_output=True)


class Right(NamedTuple):
    """A user's right to one operation on a topic or group, or on all with a prefix."""

    user: str
    kind: str  # topic or group
    name: str
    prefixed: bool
    operation: str  # as Strimzi writes it: DescribeConfigs

    def __str__(self) -> str:
        return f"{self.operation} on {self.kind} {self.name}{'*' if self.prefixed else ''}"


def _acl(right: Right) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if right.prefixed else ACLResourcePatternType.LITERAL
    operation = ACLOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", right.operation).upper()]
    resource = ResourcePattern(ResourceType[right.kind.upper()], right.name, pattern)
    return ACL(f"User:{right.user}", "*", operation, ACLPermissionType.ALLOW, resource)


class Secured(NamedTuple):
    """A Kafka with authentication, and the credentials of its users."""

    authority: Authority
    log: Path  # Kafka's log
    ports: dict[str, int]  # by listener; a client of PLAINTEXT has all rights
    token_url: str

    def settings(self, listener: str, **security: Any) -> Settings:
        if listener.endswith("SSL"):
            security = {"ca": self.authority.ca} | security
        return Settings(
            site="lozere",
            kafka=Kafka(
                bootstrap=f"{HOST}:{self.ports[listener]}",
                prefix=PREFIX,
                partitions=2,
                security=Security.model_validate({"protocol": listener, **security}),
            ),
        )

    def by_password(self, user: str, mechanism: str = "SCRAM-SHA-512", listener: str = "SASL_SSL") -> Settings:
        file = self.authority.secret("password", f"{PASSWORD}\n")
        return self.settings(listener, mechanism=mechanism, user=user, password_file=file)

    def by_token(self, user: str, secret: str = PASSWORD) -> Settings:
        file = self.authority.secret(f"secret-{secret}", secret)
        oauth = OAuth(token_url=self.token_url, client_id=user, client_secret_file=file, scope="kafka")
        return self.settings("SASL_SSL", mechanism="OAUTHBEARER", oauth=oauth)

    def by_certificate(self, user: str, password: str) -> Settings:
        cert, key = self.authority.sign(user, password)
        locked = self.authority.secret("key-password", password)
        return self.settings("SSL", cert=cert, key=key, key_password_file=locked)

    def environment(self, settings: Settings) -> dict[str, str]:
        """Return the variables by which a command has these settings."""
        kafka = settings.kafka
        found = {"bootstrap": kafka.bootstrap, "prefix": kafka.prefix, "partitions": kafka.partitions}
        security = kafka.security.model_dump(exclude_unset=True, exclude_none=True)
        found |= {f"security_oauth_{name}": value for name, value in security.pop("oauth", {}).items()}
        found |= {f"security_{name}": value for name, value in security.items()}
        return {f"TOCSIN_KAFKA_{name.upper()}": str(value) for name, value in found.items()}

    def admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=f"{HOST}:{self.ports['PLAINTEXT']}")

    def allow(self, rights: Iterable[Right]) -> None:
        acls = [_acl(right) for right in rights]
        with self.admin() as client:
            client.create_acls(acls)
            self._await(client, *acls, there=True)

    def forbid(self, right: Right) -> None:
        with self.admin() as client:
            client.delete_acls([_acl(right)])
            self._await(client, _acl(right), there=False)

    def _await(self, client: KafkaAdminClient, *acls: ACL, there: bool) -> None:
        """Wait until the broker applies the controller's change."""
        for acl in acls:
            while bool(client.describe_acls(acl)[0]) is not there:
                time.sleep(0.02)

    def tell_rights(self) -> None:
        """Make Kafka log every use of a right."""
        logger = ConfigResource(ConfigResourceType.BROKER_LOGGER, "1", {"kafka.authorizer.logger": "DEBUG"})
        with self.admin() as client:
            client.alter_configs([logger])

    def used(self, user: str) -> set[str]:
        """Return what a user's rights were used for so far: `Read on topic tocsin.ledger`."""
        words = rf"User:{user} is Allowed operation = (\w+) .* resource = (Topic|Group):LITERAL:(\S+) "
        found = re.findall(words, self.log.read_text())
        return {f"{each.title().replace('_', '')} on {kind.lower()} {name}" for each, kind, name in found}

    def known(self, *users: str) -> None:
        """Give users their password, by both kinds of SCRAM."""
        with self.admin() as client:
            for kind in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):  # Kafka takes one at a time
                told = client.alter_user_scram_credentials(
                    [UserScramCredentialUpsertion(user, kind, PASSWORD) for user in users]
                )
                assert set(told.values()) == {None}


def can_be_had() -> bool:
    return all(shutil.which(each) for each in ("java", "mvn", "openssl"))


@contextmanager
def secured(folder: Path) -> Iterator[Secured]:
    """Run a Kafka with authentication while the block runs."""
    authority = Authority(folder / "pki")
    cert, key = authority.sign("kafka")
    store = folder / "kafka.pem"
    store.write_text(key.read_text() + cert.read_text())
    ports = {name: free_port(HOST) for name in ("PLAINTEXT", "SSL", "SASL_SSL", "SASL_PLAINTEXT")}
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    token = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    every = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
    properties = {
        "listener.security.protocol.map": ",".join(f"{name}:{name}" for name in ports) + ",CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(store),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.ca),
        "listener.name.ssl.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^CN=(.*)$/$1/",
    }
    for listener in ("sasl_ssl", "sasl_plaintext"):
        properties |= {
            f"listener.name.{listener}.sasl.enabled.mechanisms": every,
            f"listener.name.{listener}.plain.sasl.jaas.config": f'{plain} user_tocsin-plain="{PASSWORD}";',
            f"listener.name.{listener}.scram-sha-256.sasl.jaas.config": scram,
            f"listener.name.{listener}.scram-sha-512.sasl.jaas.config": scram,
            # Kafka's own mode for trials: it accepts an unsigned token.
            f"listener.name.{listener}.oauthbearer.sasl.jaas.config": f'{token} unsecuredLoginStringClaim_sub="kafka";',
        }
    further = [f"{name}://{HOST}:{port}" for name, port in ports.items() if name != "PLAINTEXT"]
    with (
        token_server() as (url, _),
        apache_node(ports["PLAINTEXT"], folder / "data", listeners=further, properties=properties),
    ):
        yield Secured(authority, folder / "data" / "kafka.log", ports, url)


@contextmanager
def token_server(life: float = 300) -> Iterator[tuple[str, list[str]]]:
    """Serve tokens for client credentials with the secret; yield the address and the issued tokens."""
    given: list[str] = []

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            known = form["grant_type"] == ["client_credentials"] and form["client_secret"] == [PASSWORD]
            said: dict[str, Any] = {"error": "invalid_client"}
            if known:
                now = time.time()
                claims = {"sub": form["client_id"][0], "iat": now, "exp": now + life, "scope": "kafka"}
                given.append(f"{_part({'alg': 'none'})}.{_part(claims)}.")
                said = {"access_token": given[-1], "token_type": "Bearer", "expires_in": life}
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}/token", given
        finally:
            server.shutdown()


def _part(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
