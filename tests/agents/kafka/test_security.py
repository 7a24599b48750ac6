"""Every client authenticates by every method, and each role needs exactly the rights in `docs/security.md`."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from aiokafka import AIOKafkaProducer
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from kafka.admin import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]  # ships no types
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.kafka.client import KafkaError, admin, faust_options
from agents.kafka.dead_letters import DeadLetter, encode_letter
from agents.kafka.security import TokenError, Tokens, faust_credentials, kafka_python_options
from agents.kafka.sending import sending
from config.refusal import ConfigError
from config.security import OAuth, Security
from config.settings import Settings
from tests.agents.mail.smtp import MailBox, served
from tests.agents.running import board, worker
from tests.rights import rights_of
from tests.secured import PASSWORD, PREFIX, Authority, Right, Secured, can_be_had, secured, token_server
from tests.waiting import until

needs = pytest.mark.skipif(not can_be_had(), reason="needs Java, Maven and openssl")
ROLES = [
    *("topics", "check", "worker", "board", "ingest", "review", "totals", "publish", "certify", "audit"),
    "callbacks",
    "mail",
    "dead-letters",
]
OFFICE = """\
site: lozere
clock: event
lines: {standard: {witness: cel}}
services: {cartes: {}, titres: {}}
requests: {email: {}}
"""
AT = 1_728_457_200  # a Wednesday in 2024, 09:00 in Paris
EVENTS: list[dict[str, Any]] = [
    {"line": "standard", "call": "a", "type": "answered", "at": AT, "source": "pbx"},
    {"service": "cartes", "ticket": "1", "type": "issued", "at": AT, "source": "counter"},
    {"service": "cartes", "ticket": "1", "type": "transferred", "to": "titres", "at": AT + 60, "source": "counter"},
    {"line": "standard", "mode": "cumulative", "offered": 1, "answered": 1, "lost": 0, "at": AT, "source": "acd"},
    {"channel": "email", "request": "r", "type": "received", "at": AT, "source": "register"},
    {"line": "standard", "call": "b", "type": "hung-up", "at": AT, "source": "pbx"},
]
COMMANDS: dict[str, list[list[str]]] = {
    "topics": [["topics"]],
    "check": [["check"], ["topics", "--check"]],
    "ingest": [["ingest", "events", "EVENTS"], ["ingest", "events", "SECOND", "--source", "cel", "--witness"]],
    "review": [
        ["review", "list"],
        ["review", "questions"],
        ["review", "declare", "standard", *["--from", "2024-10-10", "--to", "2024-10-11"]],
    ],
    "totals": [["totals", "--from", "2024-10-01", "--to", "2024-10-31"]],
    "publish": [["totals", "--year", "2024", "--publish"]],
    "certify": [
        ["certify", "--year", "2024", "--limit", "0"],
        ["certify", "--year", "2024", "--line", "standard", "--sample", "1"],
    ],
    "callbacks": [["callbacks"]],
    "mail": [["mail", "day"]],
    "audit": [["audit"]],
    "dead-letters": [["dead-letters", "--replay"]],
}


@pytest.mark.slow
def test_whoever_sends_or_analyses_does_not_wait_for_faust() -> None:
    script = "import sys, agents.ingest.send, agents.analysis.table; sys.exit('faust' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Give a Kafka with one user for each role, who has only its rights, and one user without limits."""
    with secured(tmp_path_factory.mktemp("secured")) as found:
        found.known(*ROLES, "everything")
        found.allow(right for role in ROLES for right in rights_of(role, role))
        every = ("Describe", "DescribeConfigs", "Create", "Read", "Write")
        users = ("everything", "tocsin-plain", "by-token", "by-certificate")
        found.allow(Right(user, "topic", PREFIX, prefixed=True, operation=each) for user in users for each in every)
        found.tell_rights()
        yield found


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the office's configuration and its events."""
    (tmp_path / "office.yaml").write_text(OFFICE)
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(msgspec.json.encode(each) for each in EVENTS) + b"\n")
    (tmp_path / "second.jsonl").write_bytes(msgspec.json.encode(EVENTS[0] | {"source": "cel"}) + b"\n")
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "office.yaml"))
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def run(kafka: Secured, files: Path, role: str, *words: str) -> Result:
    named = {"EVENTS": str(files / "events.jsonl"), "SECOND": str(files / "second.jsonl")}
    found = [named.get(word, word) for word in words]
    found += ["--by", "m", "--note", "n"] if "declare" in words else []
    return CliRunner().invoke(app, found, env=kafka.environment(kafka.by_password(role)))


WAYS: dict[str, Callable[[Secured], Settings]] = {
    "SCRAM-SHA-512": lambda kafka: kafka.by_password("everything"),
    "SCRAM-SHA-256": lambda kafka: kafka.by_password("everything", "SCRAM-SHA-256"),
    "PLAIN": lambda kafka: kafka.by_password("tocsin-plain", "PLAIN"),
    "PLAIN in clear": lambda kafka: kafka.by_password("tocsin-plain", "PLAIN", "SASL_PLAINTEXT"),
    "a certificate whose key is locked": lambda kafka: kafka.by_certificate("by-certificate", "geheim"),
    "OAUTHBEARER": lambda kafka: kafka.by_token("by-token"),
}


@needs
@pytest.mark.broker
@pytest.mark.parametrize("way", WAYS)
def test_both_clients_prove_who_they_are(kafka: Secured, way: str) -> None:
    settings = WAYS[way](kafka)
    with admin(settings) as client:
        assert len(client.describe_cluster()["brokers"]) == 1

    async def through_faust() -> None:
        credentials = faust_options(settings)["broker_credentials"]
        client = AIOKafkaProducer(
            bootstrap_servers=settings.kafka.bootstrap, **credentials_to_aiokafka_auth(credentials)
        )
        try:
            await client.start()
        finally:
            await client.stop()
            await asyncio.sleep(0.2)  # without waiting for TLS to close

    asyncio.run(through_faust())


@needs
@pytest.mark.broker
def test_a_client_without_proof_is_turned_away(kafka: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.kafka.client.START_MS", 3_000)
    for settings, says in (
        (kafka.settings("SSL"), "requires a client certificate"),
        (kafka.by_password("nobody"), "refuses the user .nobody.: the password is wrong"),
        (kafka.by_token("by-token", secret="falsch"), "issues no token to by-token: .*see kafka.security.oauth"),
    ):
        with pytest.raises(KafkaError, match=says), admin(settings):
            pass


@needs
@pytest.mark.broker
def test_each_role_runs_with_its_rights_and_needs_each_of_them(
    kafka: Secured, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of a role succeeds with the listed rights, and fails without any one of them."""
    _without(kafka, files, "topics")
    run_well(kafka, files, "topics")
    run_well(kafka, files, "ingest")
    run_well(kafka, files, "check")
    with sending(kafka.by_password("everything")) as sender:
        sender.send(f"{PREFIX}call-attempts", b"lozere/standard", b"{")  # the worker buries it
    run_well(kafka, files, "review")  # the worker reads the declaration and publishes an incident

    by_token, by_certificate = kafka.by_token("worker"), kafka.by_certificate("board", "geheim")
    with worker(by_token, **kafka.environment(by_token)) as running:
        running.await_events(9)
        running.await_page("/healthz", '"status": "ok"')
        settled(kafka, "worker")
        with board(by_certificate, **kafka.environment(by_certificate)) as pages:
            pages.await_page("/healthz", '"status": "ok"')
            pages.await_page("/incidents", "standard")
            settled(kafka, "board")
    for role in ("check", "ingest", "review", "totals", "publish", "certify", "callbacks", "dead-letters"):
        _without(kafka, files, role)
    for role in ("totals", "publish", "certify", "callbacks", "dead-letters"):
        run_well(kafka, files, role)
    monkeypatch.setenv("TOCSIN_CLOCK", "wall")  # counts a day's calls by the current date
    with served(MailBox()) as port:
        told = f"{{server: '127.0.0.1:{port}', security: none, from: t@x.example, to: [{{address: q@x.example}}]}}"
        monkeypatch.setenv("TOCSIN_MAIL", told)
        _without(kafka, files, "mail")
        run_well(kafka, files, "mail")


@needs
@pytest.mark.broker
def test_topics_of_an_older_version_get_their_segments_where_that_is_allowed(kafka: Secured, files: Path) -> None:
    with kafka.admin() as client:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{PREFIX}status", {"segment.ms": "604800000"})])
    refused = run(kafka, files, "topics", "topics")
    assert refused.exit_code == 1
    assert f"{PREFIX}status has segment.ms 604800000, expected 600000; run `tocsin topics`" in refused.output
    kafka.allow([Right("topics", "topic", PREFIX, prefixed=True, operation="AlterConfigs")])
    assert run(kafka, files, "topics", "topics").exit_code == 0
    assert run(kafka, files, "check", "check").exit_code == 0


def bury(settings: Settings) -> None:
    """Bury one record of each input that can be sent again."""
    with sending(settings) as sender:
        for each in (EVENTS[0], EVENTS[1], EVENTS[3], EVENTS[4]):
            original = msgspec.json.encode(each)
            letter = DeadLetter(reason="r", detail="d", original=original, text="", at=AT, file="f", row=time.time_ns())
            sender.send(f"{PREFIX}dead-letters", b"k", encode_letter(letter))
        letter = DeadLetter(
            reason="r",
            detail="d",
            original=msgspec.json.encode(EVENTS[0]),
            text="",
            at=AT,
            topic=f"{PREFIX}call-witnesses",
            partition=0,
            offset=time.time_ns(),
        )
        sender.send(f"{PREFIX}dead-letters", b"k", encode_letter(letter))


def settled(kafka: Secured, role: str) -> None:
    """Wait until Kafka's log shows that a process has used all the rights of its role."""
    wanted = {str(right) for right in rights_of(role, role)}
    until(lambda: wanted <= kafka.used(role), lambda: (role, wanted - kafka.used(role)), every=0.2)


def run_well(kafka: Secured, files: Path, role: str) -> None:
    for words in COMMANDS[role]:
        result = run(kafka, files, role, *words)
        assert result.exit_code == 0, (words, result.output)


def _without(kafka: Secured, files: Path, role: str) -> None:
    """Check that without each right in turn, a command of the role fails or reports that it could not verify."""
    for right in reversed(rights_of(role, role)):  # Create first, while no topic exists
        if role == "dead-letters":
            bury(kafka.by_password("everything"))
        kafka.forbid(right)
        try:
            results = [run(kafka, files, role, *words) for words in COMMANDS[role]]
        finally:
            kafka.allow([right])
        assert any(result.exit_code or "not verified" in result.output for result in results), (role, str(right))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("makes its certificates with openssl")
    return Authority(tmp_path_factory.mktemp("signed") / "pki")


def test_a_locked_key_is_opened_by_its_file_and_nobody_is_asked(authority: Authority) -> None:
    cert, key = authority.sign("locked", "geheim")
    right, wrong = authority.secret("right", "geheim\n"), authority.secret("wrong", "falsch")
    assert kafka_python_options(Security(protocol="SSL", cert=cert, key=key, key_password_file=right))["ssl_context"]
    words = rf"key_password_file: found {{}}, expected the file with the password of {key}"
    with pytest.raises(ConfigError, match=words.format(wrong)):
        kafka_python_options(Security(protocol="SSL", cert=cert, key=key, key_password_file=wrong))
    with pytest.raises(ConfigError, match=words.format("nothing")):
        faust_credentials(Security(protocol="SSL", cert=cert, key=key))


def test_a_file_that_holds_something_else_is_told(authority: Authority) -> None:
    (cert, _), (_, another), junk = authority.sign("one"), authority.sign("two"), authority.secret("junk", "junk")
    for given, says in (
        ({"cert": cert, "key": another}, f"key: found {another}, expected the private key of {cert}"),
        ({"cert": cert, "key": junk}, f"key: found {junk}, expected a private key in PEM"),
        ({"ca": junk}, f"ca: found {junk}, expected certificates in PEM"),
    ):
        with pytest.raises(ConfigError, match=says):
            kafka_python_options(Security.model_validate({"protocol": "SSL", **given}))


def test_what_crosses_in_clear_is_told_once(authority: Authority) -> None:
    password = authority.secret("told", "x")
    security = Security(protocol="SASL_PLAINTEXT", mechanism="PLAIN", user="told", password_file=password)
    with structlog.testing.capture_logs() as said:
        kafka_python_options(security)
        faust_credentials(security)
        kafka_python_options(Security(protocol="SASL_SSL", user="told", password_file=password))
    assert [(each["log_level"], each["also_unencrypted"]) for each in said] == [("warning", "the password")]


@pytest.mark.slow
def test_a_token_is_kept_while_it_lives_and_its_absence_is_told(authority: Authority) -> None:
    with token_server(life=0.4) as (url, given):
        tokens = Tokens(OAuth(token_url=url, client_id="c", client_secret_file=authority.secret("s", PASSWORD)))
        first = tokens.token()
        assert tokens.token() == first
        time.sleep(0.4)
        assert tokens.token() != first
        assert len(given) == 2
        stranger = OAuth(token_url=url, client_id="c", client_secret_file=authority.secret("f", "falsch"))
        with pytest.raises(TokenError, match=f"{url} issues no token to c: .*401.*see kafka.security.oauth"):
            Tokens(stranger).token()
