"""A nation's figures are its offices' own, with their published values, however the work is divided."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.nation.figures import OfficeEdition, figures_of_office, nation_figures, read_nation
from agents.totals.history import figures as own_figures
from config.settings import Settings
from streams.indicators.closing import ClosingTime
from streams.indicators.period import Period
from streams.indicators.repeats import Repeats
from streams.indicators.service import BookedVisits
from streams.indicators.vintage import vintage
from tests.agents.nation.made import MONTH, TODAY, figures, history, offices, records


def test_an_office_has_the_figures_of_its_own_totals() -> None:
    of = offices()
    known = history(of)
    for site in ("a", "bad", "doubt"):
        found = figures_of_office(of.sites[site], known, MONTH, TODAY).annual
        own = own_figures(of.sites[site], known, MONTH, TODAY)
        for each in own.indicators:
            (same,) = (one for one in found.indicators if one.id == each.id)
            assert (same.raw, same.corrected, same.coverage, same.guard) == (
                *(each.raw, each.corrected, each.coverage, each.guard),
            )


def test_who_was_not_in_service_is_no_part_and_who_is_silent_is() -> None:
    found = figures()
    assert "closed" not in found.editions
    assert found.rolled.retired == ["closed"]
    assert found.rolled.nation.silent == ["mute"]
    assert found.rolled.nation.label == "Nation"


def test_what_was_published_is_told_and_whether_it_still_holds() -> None:
    of = offices()
    known, settings = history(of), of.sites["a"]
    assert figures_of_office(settings, known, MONTH, TODAY).edition == OfficeEdition()
    annual = own_figures(settings, known, MONTH, TODAY)
    parts = {"closings": [ClosingTime("17:00", 20, [9, 9, 3, 1])], "repeats": [Repeats("2013-01", 9, 9, 1)]}
    annual.lines["circulation"] = msgspec.structs.replace(annual.lines["circulation"], **parts)
    booked = BookedVisits(9, 8, 1, 60.0, 120.0)
    annual.services["cartes"] = msgspec.structs.replace(annual.services["cartes"], booked=booked)
    published = [vintage([], annual, 1_362_000_000_000)]
    known.publications.vintages = lambda site, _: published if site == "a" else []  # type: ignore[method-assign,assignment]
    assert figures_of_office(settings, known, MONTH, TODAY).edition == OfficeEdition(1, 1_362_000_000_000, same=True)
    other = msgspec.structs.replace(annual.lines["circulation"], raw=annual.lines["standard"].raw)
    annual.lines["circulation"] = other
    assert figures_of_office(settings, known, MONTH, TODAY).edition.same is False


def test_a_month_without_a_day_is_one_of_silent_offices() -> None:
    found = figures(period=Period(date(2013, 2, 1), date(2013, 2, 28)))
    assert found.rolled.nation.silent == found.rolled.nation.sites
    assert found.rolled.nation.all_lines.rates["lost_rate"].raw.value is None


@pytest.mark.broker
def test_several_processes_come_to_the_same_as_of_the_last_day_that_counts(settings: Settings) -> None:
    of = offices({"clock": "event", "kafka": settings.kafka.model_dump(mode="json", exclude={"security"})})
    create_topics(of.shared)
    client = producer(of.shared)
    for name, key, value in records(of):
        client.send(topic(of.shared, name), key=key, value=value)
        if name is Topic.LEDGER:  # other years do not belong to it
            for year in (b"2011", b"2014"):
                there = (key.replace(b"2013", year), value.replace(b"2013", year))
                client.send(topic(of.shared, name), key=there[0], value=there[1])
    client.send(topic(of.shared, Topic.LEDGER), key=b"a/circulation/2015-01-02", value=b"{}")
    client.close()
    alone, shared = (read_nation(of, MONTH, processes=count) for count in (1, 2))
    assert alone.rolled == shared.rolled == nation_figures(of, history(of), MONTH, date(2014, 1, 31)).rolled
