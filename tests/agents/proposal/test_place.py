"""A machine's time zone is proposed as configured, except UTC, which belongs to no office."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.proposal.place import country_of, machine_zone


@pytest.mark.parametrize(
    ("variable", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), (":Europe/Berlin", "Europe/Berlin"), ("UTC", None), ("CET-1CEST", None)],
)
def test_the_variable_names_the_zone(variable: str, zone: str | None) -> None:
    assert machine_zone({"TZ": variable}) == zone


def test_else_the_link_of_the_machine_names_it(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Paris").touch()
    link = tmp_path / "localtime"
    link.symlink_to(zones / "Paris")
    assert machine_zone({}, link) == "Europe/Paris"
    assert machine_zone({}, tmp_path / "nothing") is None


def test_a_zone_lies_in_a_country() -> None:
    assert [country_of(zone) for zone in ("Europe/Paris", "America/New_York", "UTC")] == ["FR", "US", None]
