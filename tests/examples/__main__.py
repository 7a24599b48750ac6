"""Rewrite the page of the examples with the current output of its commands; starts its own broker."""

from __future__ import annotations

import tempfile
from pathlib import Path

from agents.kafka.broker import embedded_broker
from config.settings import Kafka
from tests.examples import office
from tests.examples.page import PAGE, Shown, rewritten

if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_broker() as bootstrap,
        office.on_a_broker(bootstrap, Kafka().prefix, Path(folder)) as with_a_broker,
    ):

        def printed(told: Shown) -> str:
            return with_a_broker(told) if told.broker else office.run(told)

        PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), printed), encoding="utf-8")
