"""The made-up nation has 101 offices of four lines and two counters, each in its place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.nation.configuration import ON_ONE_EXCHANGE, write_nation
from config.offices import OfficeFiles


def test_the_nation_is_read_with_the_place_of_each_office(tmp_path: Path) -> None:
    offices = OfficeFiles(write_nation(tmp_path, kafka={"partitions": 24}), {}).load()
    assert len(offices.sites) == 101
    assert {(len(each.lines), len(each.services)) for each in offices.sites.values()} == {(4, 2)}
    assert {each.kafka.partitions for each in offices.sites.values()} == {24}
    places = [each.place for each in offices.sites.values()]
    assert len({each.department for each in places}) == 101
    assert len({each.region for each in places}) == 18
    assert max(Counter(each.exchange for each in places).values()) == ON_ONE_EXCHANGE


def test_a_smaller_nation_has_the_first_offices(tmp_path: Path) -> None:
    assert list(OfficeFiles(write_nation(tmp_path, sites=3), {}).load().sites) == ["ain", "allier", "ardeche"]
