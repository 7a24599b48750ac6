"""A live connection to Asterisk, with a reason if it is refused."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from agents.sources.asterisk.ami_client import PASSWORD, AmiClient, login_of
from agents.sources.asterisk.ami_messages import MAX_LINE, AmiMessage, Parsed
from agents.sources.asterisk.queue_log_rows import MalformedLine
from agents.sources.connection import SocketLost
from config.exchanges import Asterisk
from config.refusal import ConfigError
from tests.agents.asterisk import ACCEPTED, BANNER, CHALLENGE, LOGIN, PONG, REFUSED, message, raw
from tests.agents.scripted import Script, ScriptedServer, exchange

JOIN = raw([message("QueueCallerJoin", 0)])
BUSY = b"Response: Error\r\nMessage: Authentication type not supported\r\n\r\n"


def client(server: ScriptedServer, *, silent: float = 5.0) -> AmiClient:
    return AmiClient("127.0.0.1", server.port, "tocsin", "sesame", greeting=1.0, silent=silent)


def events(told: Iterable[Parsed | None], count: int) -> list[str]:
    found = (each.event or each.get("Ping") for each in told if isinstance(each, AmiMessage))
    return list(islice(found, count))


def test_the_secret_is_never_sent_where_the_exchange_has_a_challenge() -> None:
    with (
        exchange([*LOGIN, JOIN * 3]) as server,
        closing(client(server)) as connected,
        pytest.raises(SocketLost, match="closed the connection"),
    ):
        assert events(connected.messages(), 3) == ["QueueCallerJoin"] * 3
        events(connected.messages(), 1)
    challenge, login = server.heard
    assert challenge == "Action: Challenge\nAuthType: MD5"
    key = hashlib.md5(b"167224512sesame", usedforsecurity=False).hexdigest()
    assert login.splitlines() == ["Action: Login", "AuthType: MD5", "Username: tocsin", f"Key: {key}", "Events: on"]


def test_it_is_sent_where_there_is_no_other_way() -> None:
    script: Script = [BANNER, "Action: Challenge", BUSY, "Action: Login", ACCEPTED, JOIN]
    with exchange(script) as server, closing(client(server)) as connected:
        assert events(connected.messages(), 1) == ["QueueCallerJoin"]
    assert server.heard[1].splitlines() == ["Action: Login", "Username: tocsin", "Secret: sesame", "Events: on"]


def test_a_refused_login_is_told_with_the_way_to_mend_it() -> None:
    script: Script = [BANNER, "Action: Challenge", CHALLENGE, "Action: Login", REFUSED]
    with exchange(script) as server, pytest.raises(ConfigError) as refused:
        client(server)
    for word in ("Authentication failed", "manager.conf", "permit", PASSWORD, "exchanges.asterisk.password_file"):
        assert word in str(refused.value)
    assert "sesame" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize("script", [[20.0], [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", 20.0], [bytes(range(256)) * 99, 20.0]])
def test_what_has_no_banner_is_no_manager_interface(script: Script) -> None:
    with exchange(script) as server, pytest.raises(SocketLost, match="is it the port of the manager interface"):
        client(server)


@pytest.mark.slow
def test_bytes_without_end_are_no_manager_interface() -> None:
    with exchange([b"x" * 1_000] * 200) as server, pytest.raises(SocketLost, match="within 1 s"):
        client(server)


def test_an_event_may_stand_before_the_answer_to_the_login() -> None:
    script: Script = [BANNER, "Action: Challenge", JOIN + CHALLENGE, "Action: Login", JOIN + ACCEPTED + JOIN]
    with exchange(script) as server, closing(client(server)) as connected:
        assert events(connected.messages(), 1) == ["QueueCallerJoin"]


def test_bytes_come_in_pieces_of_any_size() -> None:
    pieces = [JOIN[at : at + 7] for at in range(0, len(JOIN), 7)]
    with exchange([*LOGIN, *pieces, 1.0]) as server, closing(client(server)) as connected:
        found = next(each for each in connected.messages() if isinstance(each, AmiMessage))
    assert found.get("Queue") == "accueil"


def test_an_end_in_the_middle_of_a_message_is_told() -> None:
    found: list[Parsed | None] = []
    with (
        exchange([*LOGIN, JOIN + JOIN[:40]]) as server,
        closing(client(server)) as connected,
        pytest.raises(SocketLost),
    ):
        found.extend(connected.messages())
    whole, torn = filter(None, found)
    assert isinstance(whole, AmiMessage)
    assert isinstance(torn, MalformedLine)
    assert torn.reason == "torn"


def test_a_line_without_end_takes_no_more_memory_than_a_line() -> None:
    with (
        exchange([*LOGIN, b"x" * 20 * MAX_LINE + b"\r\n\r\n" + JOIN, 1.0]) as server,
        closing(client(server)) as connected,
    ):
        long, join = islice((each for each in connected.messages() if each is not None), 2)
    assert len(long.raw) <= MAX_LINE
    assert isinstance(join, AmiMessage)
    assert join.event == "QueueCallerJoin"


@pytest.mark.slow
def test_an_exchange_that_falls_silent_is_lost() -> None:
    with (
        exchange([*LOGIN, JOIN, 20.0]) as server,
        closing(client(server, silent=0.2)) as connected,
        pytest.raises(SocketLost, match="no data for 0.2 s"),
    ):
        events(connected.messages(), 5)


@pytest.mark.slow
def test_an_exchange_with_nothing_to_say_is_asked_whether_it_is_there() -> None:
    script: Script = [*LOGIN, "Action: Ping", PONG, "Action: Ping", PONG, 5.0]
    with exchange(script) as server, closing(client(server, silent=1.2)) as connected:
        assert events(connected.messages(), 2) == ["Pong", "Pong"]


def test_nothing_is_listening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        AmiClient("127.0.0.1", port, "tocsin", "sesame")


def test_the_secret_comes_from_the_environment_else_from_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "secret"
    kept.write_text("of the file\n")
    kept.chmod(0o600)
    asterisk = Asterisk(user="tocsin", password_file=kept)
    assert login_of(asterisk, {}) == ("tocsin", "of the file")
    assert login_of(asterisk, {PASSWORD: "of the environment"}) == ("tocsin", "of the environment")


@pytest.mark.parametrize("password", ["", " \n", "two\r\nAction: Originate"])
def test_no_secret_of_one_line_is_refused(password: str) -> None:
    with pytest.raises(ConfigError, match=PASSWORD):
        login_of(Asterisk(user="tocsin"), {PASSWORD: password})


@pytest.mark.parametrize("user", [None, "a\r\nAction: Originate"])
def test_no_user_is_refused(user: str | None) -> None:
    with pytest.raises(ConfigError, match="exchanges.asterisk.user"):
        login_of(Asterisk(user=user), {PASSWORD: "sesame"})
