"""The office of the examples: its commands run as on the page, without a broker, or with a broker and a worker."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from typer.testing import CliRunner

from agents.cli import app
from agents.kafka import client
from config.settings import Kafka, Settings, load
from tests.agents.running import worker
from tests.examples.page import COLUMNS, ROOT, Shown, plain
from tests.waiting import PATIENCE

CONFIG: Final = ROOT / "examples/office.yaml"


def run(shown: Shown) -> str:
    """Return the output of a command of the page, on both streams; it must succeed."""
    result = CliRunner().invoke(app, shown.arguments())
    assert result.exit_code == 0, result.output
    return plain(result.output)


@contextmanager
def shell(state: Path, **more: str) -> Iterator[None]:
    """Run the block in the folder, terminal and environment of the page."""
    here = Path.cwd()
    own = {"COLUMNS": str(COLUMNS), "LANG": "C.UTF-8", "TOCSIN_STATE_DIR": str(state), **more}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    quiet = patch.object(client, "QUIET_SECONDS", PATIENCE)  # on a busy machine, commands name the awaited broker
    with patch.dict(os.environ, clean | own, clear=True), quiet:
        os.chdir(ROOT)
        try:
            yield
        finally:
            os.chdir(here)


@contextmanager
def on_a_broker(bootstrap: str, prefix: str, state: Path) -> Iterator[Callable[[Shown], str]]:
    """Return a function that runs the page's commands on a broker; for `totals` it also starts a worker."""
    office = load(CONFIG, {})
    kafka = Kafka(bootstrap=bootstrap, prefix=prefix, partitions=office.kafka.partitions)
    settings = office.model_copy(update={"kafka": kafka})

    def as_shown(shown: Shown) -> str:
        if shown.arguments()[0] == "totals":
            return _counted(settings, shown)
        return _named(run(shown), settings)

    with shell(state, TOCSIN_KAFKA_BOOTSTRAP=bootstrap, TOCSIN_KAFKA_PREFIX=prefix):
        yield as_shown


def _counted(settings: Settings, shown: Shown) -> str:
    """Return a command's output once a worker has counted all: as on the page, or after a timeout."""
    end = time.monotonic() + PATIENCE
    with worker(settings, TOCSIN_CONFIG=str(CONFIG)):
        while True:
            printed = run(shown)
            if printed == shown.prints or time.monotonic() > end:
                return printed
            time.sleep(1)


def _named(printed: str, settings: Settings) -> str:
    """Return the output with the page's names for topics, broker and cluster."""
    usual = Kafka()
    named = printed.replace(settings.kafka.prefix, usual.prefix).replace(settings.kafka.bootstrap, usual.bootstrap)
    return re.sub(r"(?<=cluster )\S+", "tocsin", named)  # a broker draws its own
