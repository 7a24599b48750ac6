"""Events common to several offices, from the topics and the catalogue."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from msgspec.structs import replace

from agents.across.reading import faults_of
from config.offices import Offices
from tests.agents.across.made import FAULT, QUIET, history, incidents, offices


def test_the_offices_of_one_exchange_are_told_once_by_the_history_alone(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    (fault,) = faults_of(nation, history(nation.shared))
    assert (fault.id, fault.scope, fault.name) == (FAULT, "exchange", "x1")
    assert list(fault.parts) == QUIET
    assert all([each.line for each in told] == ["circulation", "standard"] for told in fault.parts.values())
    assert fault.open == QUIET


def test_a_lone_office_shares_nothing(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    lone = Offices.alone(nation.sites[QUIET[0]])
    assert faults_of(lone, history(nation.shared)) == []


def test_an_office_that_was_not_there_yet_is_no_part(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    late = nation.sites["s05"]
    place = late.place.model_copy(update={"since": date(2013, 9, 1)})
    sites = {**nation.sites, "s05": late.model_copy(update={"place": place})}
    found = faults_of(nation._replace(sites=sites), history(nation.shared))
    assert all("s05" not in each.parts for each in found)


def test_one_that_was_dismissed_whole_is_found_as_if_it_were_not_and_says_that_it_is(tmp_path: Path) -> None:
    nation = offices(tmp_path)
    dismissed = {site: [replace(each, status="dismissed") for each in told] for site, told in incidents().items()}
    known = history(nation.shared, dismissed)
    assert faults_of(nation, known) == []
    (fault,) = faults_of(nation, known, undone=True)
    assert (fault.id, fault.status) == (FAULT, "dismissed")
