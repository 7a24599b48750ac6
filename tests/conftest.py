"""A real broker for the tests marked `broker`: one for the whole run, a topic prefix for each test."""

from __future__ import annotations

import gc
import os
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from typer import testing

from config.settings import Kafka, Settings
from tests.waiting import until

BROKER = pytest.StashKey[str]()
ENDING = pytest.StashKey[ExitStack]()
DEMO = Path(__file__).parents[1] / "config" / "lozere.yaml"
EXAMPLES = {"quick": 20, "ci": 100, "long": 1_000}  # of a property, by the profile in --hypothesis-profile


@pytest.hookimpl(tryfirst=True)  # before the plugin that loads --hypothesis-profile
def pytest_configure() -> None:
    # No limit of time: how long an example takes depends on how busy the machine is.
    for name, examples in EXAMPLES.items():
        hypothesis.settings.register_profile(
            name, deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow]
        )
    # `make check` has half a minute: it reports that a property fails, and leaves the smallest example to `make test`.
    hypothesis.settings.register_profile(
        "quick", hypothesis.settings.get_profile("quick"), phases=[Phase.explicit, Phase.reuse, Phase.generate]
    )
    hypothesis.settings.load_profile("ci")
    # The office of most tests; the commands have no default one.
    os.environ.setdefault("TOCSIN_CONFIG", str(DEMO))
    # A broker that lives for minutes gains nothing by Java's second compiler.
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
    # A runner builds every command again for each call, which takes longer than many commands.
    vars(testing)["_get_command"] = cache(vars(testing)["_get_command"])
    # A shell's background jobs ignore Ctrl-C, and so would all processes that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash.get(ENDING, ExitStack()).close()
    # Sockets left over are collected once the filters above are gone.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Remember the broker of a process of pytest-xdist."""
    if says := getattr(node, "workeroutput", {}).get("broker"):
        node.config.stash[BROKER] = says


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if says := config.stash.get(BROKER, None):
        terminalreporter.write_line(f"broker: {says}")


@pytest.fixture(scope="module", autouse=True)
def no_client_is_left() -> Iterator[None]:
    """Fail if a Kafka client is not closed, as it would query its brokers for ever, during other tests."""
    before = set(threading.enumerate())
    yield

    def left() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each not in before and each.name.startswith("kafka-")]

    until(lambda: not left(), left)


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a bootstrap address; the summary names its broker. Parallel processes share one broker.

    TOCSIN_TEST_BROKER names a running one; TOCSIN_TEST_WITH a kind: container, apache or embedded. Without either, the
    first available of these three is used.
    """
    if address := os.environ.get("TOCSIN_TEST_BROKER"):
        says = f"the one on {address}"
    else:
        # Not at the top: most runs of a few tests need no broker, and Docker's client is slow to import.
        from tests.brokers import chosen, shared  # noqa: PLC0415

        running = chosen(os.environ.get("TOCSIN_TEST_WITH"))
        if hasattr(pytestconfig, "workeroutput"):
            # A process of pytest-xdist has a folder below the common one.
            running = shared(running, tmp_path_factory.getbasetemp().parent / "broker")
        # Ended with the session, not with the last test: the process that started it waits for the others there.
        address, says = pytestconfig.stash.setdefault(ENDING, ExitStack()).enter_context(running)
    if hasattr(pytestconfig, "workeroutput"):
        pytestconfig.workeroutput["broker"] = says
    pytestconfig.stash[BROKER] = says
    return address


def named() -> str:
    return f"test-{uuid4().hex[:12]}."


@pytest.fixture
def prefix() -> str:
    """Return a topic prefix of this test only."""
    return named()


def office_on(broker: str, prefix: str) -> Settings:
    return Settings(site="lozere", kafka=Kafka(bootstrap=broker, prefix=prefix, partitions=4))


@pytest.fixture
def settings(broker: str, prefix: str) -> Settings:
    """Return the settings of an office on that broker, with topics of its own."""
    return office_on(broker, prefix)


@pytest.fixture(scope="module")
def shared_settings(broker: str) -> Settings:
    """Return the settings of an office whose topics the tests of a file share without changing them."""
    return office_on(broker, named())
