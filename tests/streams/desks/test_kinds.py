"""Each desk knows its kind."""

from __future__ import annotations

from streams.desks.kinds import kind_of
from tests.agents.scraping import Worker


def test_every_desk_of_an_office_has_a_kind() -> None:
    partitions = Worker().ownership.partitions.values()
    kinds = {kind_of(desk) for partition in partitions for desk in partition.desks()}
    assert kinds == {"line", "service", "channel"}
