"""Every client of Tocsin finds its broker, authenticates, and chooses the same partition for a key."""

from __future__ import annotations

import random
import shutil
import ssl
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from aiokafka.partitioner import DefaultPartitioner as FaustPartitioner
from faust.auth import SASLCredentials, SSLCredentials
from faust.types.auth import AuthProtocol, SASLMechanism

from agents.kafka import dead_letters
from agents.kafka.client import (
    KafkaError,
    Topic,
    admin,
    client_options,
    faust_options,
    partition_of,
    producer,
    topic,
)
from agents.kafka.dead_letters import MAX_TEXT
from agents.kafka.topics import create_topics
from config.security import Security
from config.settings import Kafka, Settings
from streams.decoding import Invalid

# Hashes of Kafka's own Java client, from its UtilsTest.
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}

UNREACHABLE = """
import threading
from agents.kafka import client as kafka
from config.settings import Kafka, Settings
kafka.START_MS = 300
for start in (kafka.admin, kafka.producer):
    try:
        with start(Settings(site="lozere", kafka=Kafka(bootstrap="127.0.0.1:1"))):
            pass
    except kafka.KafkaError as error:
        print(error)
print("threads left:", threading.active_count())
"""


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificate with openssl")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", str(key)]
    subprocess.run(
        [openssl, "req", "-x509", "-nodes", "-subj", "/CN=test", "-out", certificate, *made],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("pass word \r\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def office(security: Security, bootstrap: str = "one:9092,two:9093") -> Settings:
    return Settings(site="lozere", kafka=Kafka(bootstrap=bootstrap, security=security))


def test_a_topic_has_the_prefix_and_a_known_name() -> None:
    settings = Settings(site="lozere", kafka=Kafka(prefix="mende-"))
    assert topic(settings, "call-attempts") == topic(settings, Topic.CALL_ATTEMPTS) == "mende-call-attempts"
    with pytest.raises(ValueError, match="call-attempt'"):
        topic(settings, "call-attempt")


def test_in_plain_text_nothing_is_proved() -> None:
    settings = office(Security())
    options = client_options(settings)
    assert options["bootstrap_servers"] == ["one:9092", "two:9093"]
    assert options["security_protocol"] == "PLAINTEXT"
    assert options["ssl_context"] is None
    assert "sasl_mechanism" not in options
    options = faust_options(settings)
    assert options["broker"] == ["kafka://one:9092", "kafka://two:9093"]
    assert options["broker_credentials"] is None


def test_tls_checks_the_broker_and_shows_a_certificate(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    settings = office(Security(protocol="SSL", ca=cert, cert=cert, key=key))
    options = client_options(settings)
    assert options["security_protocol"] == "SSL"
    credentials = faust_options(settings)["broker_credentials"]
    assert isinstance(credentials, SSLCredentials)
    for context in (options["ssl_context"], credentials.context):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert [subject["subject"] for subject in context.get_ca_certs()] == [((("commonName", "test"),),)]


def test_a_password_is_read_when_it_is_used(password: Path) -> None:
    settings = office(Security(protocol="SASL_SSL", user="tocsin", password_file=password))
    options = client_options(settings)
    assert options["security_protocol"] == "SASL_SSL"
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_username"] == "tocsin"
    assert options["sasl_plain_password"] == "pass word "
    assert options["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    password.write_text("renewed", encoding="utf-8")
    assert client_options(settings)["sasl_plain_password"] == "renewed"
    password.unlink()
    with pytest.raises(FileNotFoundError):
        client_options(settings)


def test_faust_proves_the_same(password: Path) -> None:
    clear = Security(protocol="SASL_PLAINTEXT", mechanism="PLAIN", user="tocsin", password_file=password)
    tls = Security(protocol="SASL_SSL", user="tocsin", password_file=password)
    in_clear = faust_options(office(clear))["broker_credentials"]
    over_tls = faust_options(office(tls))["broker_credentials"]
    for credentials in (in_clear, over_tls):
        assert isinstance(credentials, SASLCredentials)
        assert (credentials.username, credentials.password) == ("tocsin", "pass word ")
        assert "pass word" not in repr(credentials)
    assert (in_clear.protocol, in_clear.mechanism) == (AuthProtocol.SASL_PLAINTEXT, SASLMechanism.PLAIN)
    assert (over_tls.protocol, over_tls.mechanism) == (AuthProtocol.SASL_SSL, SASLMechanism.SCRAM_SHA_512)
    assert in_clear.ssl_context is None
    assert over_tls.ssl_context is not None


@pytest.mark.parametrize(("key", "java"), JAVA.items())
def test_a_key_is_hashed_as_in_java(key: bytes, java: int) -> None:
    assert partition_of(key, 1_000_003) == (java & 0x7FFFFFFF) % 1_000_003


def test_a_key_has_the_partition_that_faust_gives_it() -> None:
    chance = random.Random(7)  # the same keys in every run
    keys = [b"lozere/standard", "lozère/état-civil".encode(), b"", *(chance.randbytes(n) for n in range(60))]
    for partitions in (1, 3, 8, 64):
        every = list(range(partitions))
        for key in keys:
            assert partition_of(key, partitions) == FaustPartitioner()(key, every, every)


@pytest.mark.broker
def test_a_record_is_written_once_where_its_key_belongs(settings: Settings) -> None:
    create_topics(settings)
    name = topic(settings, Topic.CALL_ATTEMPTS)
    keys = [f"lozere/line-{n}".encode() for n in range(20)]
    writer = producer(settings)
    sent = [(key, writer.send(name, b"{}", key=key)) for key in keys for _ in range(3)]
    keyless = writer.send(name, b"{}")
    writer.close()
    written = [(key, future.get(0)) for key, future in sent]
    assert all(place.partition == partition_of(key, settings.kafka.partitions) for key, place in written)
    places = {(place.partition, place.offset) for _, place in written}
    assert len(places | {(keyless.get(0).partition, keyless.get(0).offset)}) == len(sent) + 1


@pytest.mark.broker
def test_partitions_that_were_added_get_no_record_of_ours(settings: Settings) -> None:
    create_topics(settings)
    fewer = settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"partitions": 3})})
    keys = [f"lozere/line-{n}".encode() for n in range(20)]
    writer = producer(fewer)
    sent = [(key, writer.send(topic(settings, Topic.CALL_ATTEMPTS), b"{}", key=key)) for key in keys]
    writer.close()
    assert [future.get(0).partition for _, future in sent] == [partition_of(key, 3) for key in keys]


@pytest.mark.broker
def test_a_topic_that_is_missing_is_not_created_by_writing_to_it(settings: Settings) -> None:
    with closing(producer(settings)) as writer:
        writer.config["max_block_ms"] = 300
        with pytest.raises(KafkaError, match="Failed to update metadata"):
            writer.send(topic(settings, Topic.LEDGER), b"{}", key=b"k")
    with admin(settings) as client:
        assert topic(settings, Topic.LEDGER) not in client.list_topics()


@pytest.mark.broker
def test_the_dead_letter_of_the_largest_record_fits(settings: Settings) -> None:
    create_topics(settings)
    # Incompressible, because the broker measures the bytes that arrive.
    largest = random.Random(7).randbytes(1_048_000)
    letter = dead_letters.from_record(
        Invalid("malformed", "no JSON"), topic="t", partition=0, offset=0, key=b"k", value=largest, at=0
    )
    assert len(letter.text) <= MAX_TEXT + 1
    writer = producer(settings)
    sent = writer.send(topic(settings, Topic.DEAD_LETTERS), dead_letters.encode_letter(letter), key=b"k")
    writer.close()
    assert sent.get(0).offset >= 0


@pytest.mark.broker
def test_where_no_broker_answers_it_is_told_why() -> None:
    # In a process of its own: kafka-python does not close the sockets of refused connections.
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", UNREACHABLE], capture_output=True, text=True, check=True
    )
    assert run.stdout.count("no broker answers at 127.0.0.1:1: nothing listens there") == 2
    assert run.stdout.endswith("threads left: 1\n")
