"""A port is bound before any work begins; otherwise one line says how to get a free one."""

from __future__ import annotations

import pytest

from agents.ports import FREE_PORTS, PortError, free_port, listener

HOST = "127.0.0.1"


def test_a_port_is_held_from_the_moment_it_was_taken() -> None:
    with listener(HOST, 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(
            PortError, match=f"^port {port} of {HOST} is taken; choose another with --web-port, or 0 for a free one$"
        ):
            listener(HOST, port)


def test_a_port_can_be_taken_again_once_it_was_let_go() -> None:
    port = free_port(HOST)
    with listener(HOST, port) as held:
        assert held.getsockname() == (HOST, port)


def test_an_address_of_another_host_is_refused() -> None:
    with pytest.raises(PortError, match=r"^cannot listen on 192\.0\.2\.1:0: "):
        listener("192.0.2.1", 0)


def test_a_number_that_is_no_port_is_refused_with_those_that_are() -> None:
    with pytest.raises(PortError, match="^--port 70000: expected a port from 0 to 65535$"):
        free_port(HOST, 70_000)


def test_a_free_port_is_none_that_an_outgoing_connection_could_take() -> None:
    found = {free_port(HOST) for _ in range(50)}
    assert len(found) > 1
    assert all(port in FREE_PORTS for port in found)
