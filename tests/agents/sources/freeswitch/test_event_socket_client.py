"""A live connection to FreeSWITCH, with a reason if it is refused."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from agents.sources.connection import SocketLost
from agents.sources.freeswitch.event_socket import Frame
from agents.sources.freeswitch.event_socket_client import PASSWORD, EventSocketClient, password_of
from config.exchanges import FreeSwitch
from config.refusal import ConfigError
from tests.agents.freeswitch import GREETING, LOGIN, REFUSED, THERE, told
from tests.agents.scripted import ScriptedServer, exchange


def client(server: ScriptedServer, *, silent: float = 5.0) -> EventSocketClient:
    return EventSocketClient("127.0.0.1", server.port, "sesame", greeting=1.0, silent=silent)


def test_it_logs_in_subscribes_and_listens_until_the_connection_is_closed() -> None:
    found: list[str] = []
    with (
        exchange([*LOGIN, told("member-queue-start", 0) * 3]) as server,
        closing(client(server)) as connected,
        pytest.raises(SocketLost, match="closed the connection"),
    ):
        for frame in connected.frames():
            found += [frame.kind] if isinstance(frame, Frame) else []
    assert found == ["text/event-plain"] * 3
    assert server.heard == ["auth sesame", "event plain HEARTBEAT CUSTOM callcenter::info"]


def test_a_wrong_password_is_refused_with_the_way_to_mend_it() -> None:
    with exchange([GREETING, "auth", REFUSED]) as server, pytest.raises(ConfigError) as refused:
        client(server)
    assert PASSWORD in str(refused.value)
    assert "exchanges.freeswitch.password_file" in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_an_address_that_is_not_let_in_is_told() -> None:
    rejection = b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n"
    with exchange([rejection]) as server, pytest.raises(ConfigError, match="apply-inbound-acl"):
        client(server)


@pytest.mark.slow
def test_a_server_that_says_nothing_is_no_event_socket() -> None:
    with exchange([20.0]) as server, pytest.raises(SocketLost, match="is it the port of the event socket"):
        client(server)


@pytest.mark.slow
def test_an_exchange_that_falls_silent_is_lost() -> None:
    with (
        exchange([*LOGIN, told("member-queue-start", 0), 20.0]) as server,
        closing(client(server, silent=0.2)) as connected,
        pytest.raises(SocketLost, match="no data for 0.2 s"),
    ):
        for _ in connected.frames():
            pass


@pytest.mark.slow
def test_an_exchange_with_nothing_to_say_is_asked_whether_it_is_there() -> None:
    script: list[bytes | str | float] = [*LOGIN, "api uptime", THERE, "api uptime", THERE, 5.0]
    with exchange(script) as server, closing(client(server, silent=1.2)) as own:
        kinds = (frame.kind for frame in own.frames() if isinstance(frame, Frame))
        assert list(islice(kinds, 2)) == ["api/response", "api/response"]


def test_nothing_is_listening() -> None:
    with exchange() as server:
        pass
    with pytest.raises(OSError, match="refused"):
        client(server)


def test_the_password_comes_from_the_environment_else_from_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text("of the file\n")
    kept.chmod(0o600)
    assert password_of(FreeSwitch(password_file=kept), {}) == "of the file"
    assert password_of(FreeSwitch(password_file=kept), {PASSWORD: "of the environment"}) == "of the environment"


@pytest.mark.parametrize("password", ["", " \n", "two\nlines"])
def test_no_password_is_refused(password: str) -> None:
    with pytest.raises(ConfigError, match=PASSWORD):
        password_of(FreeSwitch(), {PASSWORD: password})
    with pytest.raises(ConfigError, match=PASSWORD):
        password_of(FreeSwitch(), {})
