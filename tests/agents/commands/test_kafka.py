"""A broker for trials starts where the configuration looks for one."""

from __future__ import annotations

import pytest

from agents.commands.kafka import USUAL_PORT, port_of
from config.settings import load


@pytest.mark.parametrize(
    ("bootstrap", "port"),
    [("127.0.0.1:9093", 9093), ("localhost:19092", 19092), ("kafka.example:9093", USUAL_PORT)],
)
def test_a_broker_starts_where_the_configuration_looks_for_it(bootstrap: str, port: int) -> None:
    assert port_of(load(None, {"TOCSIN_KAFKA_BOOTSTRAP": bootstrap})) == port
