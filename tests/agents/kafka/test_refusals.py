"""A refusal by the broker is reported with its cause and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import aiokafka.errors
import kafka.errors  # type: ignore[import-untyped]  # ships no types
import pytest

from agents.kafka.refusals import AwayError, RefusalError, Right, explained, lacking, unreachable
from agents.language import Language
from agents.translation import speaking, why
from config.settings import Settings

# The wording of kafka-python 3.0.12 and OpenSSL 3, recorded with Apache Kafka 4.3.
DISCONNECTED = "KafkaConnectionError: socket disconnected"
WRONG_PASSWORD = (
    "[Error 58] SaslAuthenticationFailedError: SaslAuthenticationFailedError: Authentication failed during "
    "authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512"
)
UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate"
NO_CERTIFICATE = "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2580)"
NO_TLS = "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)"
FRAME = "KafkaProtocolError: Invalid frame length 352518912"


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    secret = tmp_path / "password"
    secret.write_text("tres-secret")
    secret.chmod(0o600)
    protocol = getattr(request, "param", "SASL_PLAINTEXT")
    security: dict[str, object] = {"protocol": protocol}
    if protocol.startswith("SASL"):
        security |= {"mechanism": "SCRAM-SHA-512", "user": "guichet", "password_file": secret}
    return Settings.model_validate({"site": "lozere", "kafka": {"bootstrap": "kafka:9092", "security": security}})


@pytest.mark.parametrize("reason", [WRONG_PASSWORD, DISCONNECTED])
def test_a_wrong_password_is_a_wrong_password_even_where_the_broker_only_hangs_up(
    settings: Settings, reason: str
) -> None:
    error = unreachable(settings, [reason], identified=True)
    assert isinstance(error, RefusalError)
    assert str(error) == (
        "the broker at kafka:9092 refuses the user 'guichet': the password is wrong, or there is none for "
        "SCRAM-SHA-512; see kafka.security: user, password_file, mechanism"
    )


@pytest.mark.parametrize(
    ("settings", "reason", "kind", "words"),
    [
        ("SSL", UNTRUSTED, RefusalError, ("has a certificate that cannot be verified", "see kafka.security.ca")),
        (
            "SSL",
            NO_CERTIFICATE,
            RefusalError,
            ("requires a client certificate", "set kafka.security.cert and key"),
        ),
        ("SASL_SSL", NO_TLS, AwayError, ("kafka:9092 does not use TLS", "PLAINTEXT or SASL_PLAINTEXT")),
        ("PLAINTEXT", FRAME, AwayError, ("kafka:9092 does not use plain-text Kafka", "SSL or SASL_SSL")),
        ("PLAINTEXT", DISCONNECTED, AwayError, ("kafka:9092 does not use plain-text Kafka", "SSL or SASL_SSL")),
        ("PLAINTEXT", "111 ECONNREFUSED", AwayError, ("no broker answers at kafka:9092", "tocsin broker")),
    ],
    indirect=["settings"],
)
def test_a_mistake_is_said_with_its_cause_and_its_mend(
    settings: Settings, reason: str, kind: type[Exception], words: tuple[str, ...]
) -> None:
    error = unreachable(settings, [reason], identified=False)
    assert type(error) is kind
    assert all(each in str(error) for each in words), str(error)


def test_a_broker_that_hangs_up_while_others_refuse_connections_refuses_no_password(settings: Settings) -> None:
    error = unreachable(settings, [DISCONNECTED, "KafkaConnectionError: 111 ECONNREFUSED"], identified=True)
    assert isinstance(error, AwayError)
    assert "or run tocsin broker" in str(error)


def test_a_missing_right_is_named_with_the_command_that_gives_it(settings: Settings) -> None:
    rights = [Right("Write", "topic", "tocsin.ledger"), Right("Read", "group", "tocsin.worker")]
    assert str(lacking(settings, rights[:1])) == (
        "the broker denies the user 'guichet' the right Write on the topic tocsin.ledger; grant it with kafka-acls.sh "
        "--bootstrap-server kafka:9092 --add --allow-principal User:guichet --operation Write --topic tocsin.ledger"
    )
    assert "Write on the topic tocsin.ledger, Read on the group tocsin.worker" in str(lacking(settings, rights))


@pytest.mark.parametrize("errors", [kafka.errors, aiokafka.errors])
def test_both_clients_refusals_are_told_alike(settings: Settings, errors: object) -> None:
    read = Right("Read", "group", "tocsin.worker")
    refused = errors.GroupAuthorizationFailedError("tocsin.worker")  # type: ignore[attr-defined]
    assert str(explained(settings, refused, read)) == str(lacking(settings, [read]))
    away = errors.KafkaError("socket disconnected")  # type: ignore[attr-defined]
    assert explained(settings, away, read) is away


def test_who_may_write_nowhere_is_not_sent_to_ask_for_rights_on_the_cluster(settings: Settings) -> None:
    said = "Unexpected error in InitProducerIdResponse: [Error 31] ClusterAuthorizationFailedError"
    told = str(explained(settings, kafka.errors.KafkaError(said), Right("Write", "topic", "tocsin.reviews")))
    assert "--operation Write --topic tocsin.reviews" in told
    assert "no right on the cluster is needed" in told


@pytest.mark.parametrize("settings", ["PLAINTEXT", "SSL", "SASL_SSL"], indirect=True)
@pytest.mark.parametrize("reason", ["", DISCONNECTED, WRONG_PASSWORD, UNTRUSTED, NO_CERTIFICATE, NO_TLS, FRAME])
@pytest.mark.parametrize("identified", [True, False])
def test_a_refusal_is_french_where_french_is_spoken(settings: Settings, reason: str, *, identified: bool) -> None:
    error = unreachable(settings, [reason] if reason else [], identified=identified)
    with speaking(Language.FR):
        french = why(error)
    assert french != why(error)
    assert re.search(r"broker|kafka:9092 n", french)
    assert not re.search(r"\b(the|refuses|seems|set|see)\b", french.replace(reason, ""))


def test_a_right_that_is_lacking_is_named_in_french_with_the_command_that_gives_it(settings: Settings) -> None:
    error = lacking(settings, [Right("Read", "topic", "tocsin.ledger"), Right("Describe", "group", "tocsin.worker")])
    with speaking(Language.FR):
        french = why(error)
    assert french.startswith(
        "le broker refuse à l'utilisateur 'guichet' les droits Read sur le topic tocsin.ledger, Describe sur le groupe "
        "tocsin.worker ; donnez le premier par kafka-acls.sh --bootstrap-server kafka:9092"
    )
