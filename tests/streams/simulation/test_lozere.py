"""The events of Lozère give the figures of the minutes, counted here without Tocsin, and counted by Tocsin."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec
import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.simulation import lozere
from config.settings import Settings, load
from streams.simulation.lozere import PERIODS
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

ZONE = ZoneInfo("Europe/Paris")
FRANCE = holidays.country_holidays("FR")
CLOSED = date(2013, 5, 10)  # the Friday after Ascension
OPEN = ((time(8, 30), time(12)), (time(13, 30), time(17)))
LOST = {"standard": 0.19, "circulation": 19.56, "cni-passeport": 4.04, "etrangers": 7.04}
DAYS = {"im341": 2.91, "im342": 1.5, "im344": 2.49, "im361": 4.06, "complaint": 4.33}
FAULTY = "circulation"
FAULTY_FROM = datetime(2013, 6, 3, tzinfo=ZONE)

Rows = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(Path("config/lozere.yaml"), {})


@pytest.fixture(scope="module")
def written(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the files by name; each has as many rows as the generator reported."""
    files = dict(lozere.write_years(settings, tmp_path_factory.mktemp("lozere") / "years"))
    for path, rows in files.items():
        assert len(path.read_text().splitlines()) == rows + (path.suffix == ".csv")
    return {path.stem: path for path in files}


@pytest.fixture(scope="module")
def years(written: Mapping[str, Path]) -> dict[str, list[dict[str, Any]]]:
    decode = msgspec.json.Decoder().decode
    return {
        year: [decode(row) for row in path.read_bytes().splitlines()]
        for year, path in written.items()
        if path.suffix == ".jsonl"
    }


@pytest.fixture(scope="module")
def report(settings: Settings, written: Mapping[str, Path]) -> dict[str, Any]:
    """Return the output of `tocsin analyze events` for 2013."""
    analysis = Analysis(settings)
    analysis.take(events(written["2013"].read_bytes().splitlines(), PSEUDONYM))
    return document(analysis)


def grouped(rows: Iterable[dict[str, Any]], about: str, name: str) -> Rows:
    """Return events by their subject (a line, say), then by name, then by type."""
    found: Rows = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if name in row:
            found[row[about]][row[name]][row["type"]] = row
    return found


def moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["at"], ZONE)


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in FRANCE and day != CLOSED


def opened(at: datetime) -> bool:
    return works(at.date()) and any(opens <= at.time() <= closes for opens, closes in OPEN)


def working_days(after: date, until: date) -> int:
    return sum(works(after + timedelta(passed)) for passed in range(1, (until - after).days + 1))


def lost_rate(calls: Mapping[str, Mapping[str, Any]]) -> float:
    """Return the lost calls in percent of those offered, rounded as in the minutes."""
    return round(100 * sum("lost" in of_call for of_call in calls.values()) / len(calls), 2)


def delays(channel: str, requests: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """Return the delays of the answered requests, in working days for e-mails and letters."""
    found = []
    for events_of in requests.values():
        answers = [moment(event) for kind, event in events_of.items() if kind != "received"]
        received = moment(events_of["received"])
        for answered in answers:
            assert received <= answered
            assert opened(answered)
            if channel in {"email", "letter"}:
                found.append(working_days(received.date(), answered.date()))
            else:
                found.append((answered.date() - received.date()).days)
    return found


@pytest.mark.slow
def test_events_are_in_order_and_each_told_once(years: Mapping[str, list[dict[str, Any]]]) -> None:
    assert set(years) == {"2012", "2013", "2014"}
    rows = [row for of_year in years.values() for row in of_year]
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows) < 280_000
    assert {moment(row).year for row in years["2013"]} == {2013}


def test_lines_lose_what_the_minutes_say(years: Mapping[str, list[dict[str, Any]]]) -> None:
    calls = grouped(years["2013"], "line", "call")
    assert {line: lost_rate(of_line) for line, of_line in calls.items()} == LOST
    later = {line: lost_rate(of_line) for line, of_line in grouped(years["2014"], "line", "call").items()}
    assert later == LOST | {FAULTY: 1.87}, "of the others the minutes say nothing: they go on as they were"
    assert all(opened(moment(events_of["offered"])) for of_line in calls.values() for events_of in of_line.values())


def test_circulation_is_flagged_lost_from_a_day_on_and_else_loses_what_is_usual(
    years: Mapping[str, list[dict[str, Any]]],
) -> None:
    for line, calls in grouped(years["2013"], "line", "call").items():
        flagged = [moment(each["lost"]) for each in calls.values() if "lost" in each and "ended" in each]
        if line == FAULTY:
            truly = {name: each for name, each in calls.items() if not ("lost" in each and "ended" in each)}
            assert 1.85 <= 100 * sum("lost" in each for each in truly.values()) / len(calls) <= 1.95
            assert min(flagged) - FAULTY_FROM < timedelta(days=1)
            assert min(flagged) > FAULTY_FROM
            assert max(flagged).month == 12
        else:
            assert not flagged


def test_requests_are_answered_as_the_minutes_say(years: Mapping[str, list[dict[str, Any]]]) -> None:
    requests = grouped(years["2013"], "channel", "request")
    assert set(requests) == {"email", "letter", *DAYS}
    means = {
        channel: round(sum(found) / len(found), 2)
        for channel, of_channel in requests.items()
        for found in [delays(channel, of_channel)]
    }
    assert {channel: means[channel] for channel in DAYS} == DAYS
    assert means["email"] == 1.91
    for channel, deadline, share in (("email", 5, 92.86), ("letter", 15, 72.88)):
        in_time = sum(delay <= deadline for delay in delays(channel, requests[channel]))
        assert round(100 * in_time / len(requests[channel]), 2) == share


def test_the_year_before_of_complaints_is_told(years: Mapping[str, list[dict[str, Any]]]) -> None:
    (complaints,) = grouped(years["2012"], "channel", "request").values()
    found = delays("complaint", complaints)
    assert round(sum(found) / len(complaints), 2) == 6.33
    assert {moment(event).year for event in years["2012"]} == {2012}


def test_what_is_pending_at_the_end_is_late(years: Mapping[str, list[dict[str, Any]]]) -> None:
    requests = grouped(years["2013"], "channel", "request")
    pending: Counter[str] = Counter()
    for channel, of_channel in requests.items():
        for events_of in of_channel.values():
            if len(events_of) == 1:
                pending[channel] += 1
                passed = working_days(moment(events_of["received"]).date(), date(2013, 12, 31))
                assert passed > {"email": 5, "letter": 15}[channel]
    assert set(pending) == {"email", "letter"}


def test_visitors_spend_8_70_minutes_at_the_counter(years: Mapping[str, list[dict[str, Any]]]) -> None:
    days: dict[date, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in years["2013"]:
        if "ticket" in row:
            days[moment(row).date()][row["ticket"]][row["type"]] = row["at"]
    tickets = [ticket for of_day in days.values() for ticket in of_day.values()]
    times = [ticket["completed"] - ticket["served"] for ticket in tickets if "completed" in ticket]
    assert round(sum(times) / len(times) / 60, 2) == 8.7
    assert all(map(works, days))
    assert len(times) + sum("no_show" in ticket for ticket in tickets) == len(tickets)


def test_the_panel_is_satisfied(written: Mapping[str, Path]) -> None:
    with written["survey-2014"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"respondent", "question", "answer", "date"}
    assert len({row["respondent"] for row in rows}) == 150
    assert {row["answer"] for row in rows} <= {"très satisfait", "satisfait", "peu satisfait", "pas satisfait"}
    shares = [
        100 * sum(row["answer"] in {"très satisfait", "satisfait"} for row in of_question) / len(of_question)
        for question in {row["question"] for row in rows}
        for of_question in [[row for row in rows if row["question"] == question]]
    ]
    assert (min(shares), max(shares)) == (98, 100)


@pytest.mark.slow
def test_the_same_is_told_each_time(settings: Settings, years: Mapping[str, list[dict[str, Any]]]) -> None:
    for period in PERIODS:
        again = [msgspec.json.decode(each.record) for each in islice(lozere.period_rows(settings, period), 30_000)]
        assert again == years[str(period.year)][:30_000]


@pytest.mark.slow
def test_tocsin_counts_the_same(report: dict[str, Any]) -> None:
    assert {line: round(100 * figures["raw"]["lost_rate"], 2) for line, figures in report["lines"].items()} == LOST
    (service,) = report["services"].values()
    assert round(service["time_in_service"]["mean"] / 60, 2) == 8.7
    assert service["anomalies"] == {}
    assert report["events"]["ok"] == report["events"]["read"]


def test_tocsin_finds_the_fault_and_no_other(report: dict[str, Any], years: Mapping[str, list[dict[str, Any]]]) -> None:
    of_lines = [each for each in report["incidents"] if "line" in each]
    assert {each["verdict"] for each in report["incidents"] if "line" not in each} <= {"undecided"}
    found = [each for each in of_lines if each["verdict"] != "overload"]
    assert {(each["line"], each["verdict"], each["kind"]) for each in found} == {
        (FAULTY, "miscount", "answered-as-lost")
    }
    first = min(found, key=lambda each: str(each["detected_at"]))
    assert datetime.fromisoformat(first["from"]).date() == FAULTY_FROM.date()
    assert datetime.fromisoformat(first["detected_at"]).date() == FAULTY_FROM.date()
    assert {each["line"] for each in of_lines} > {FAULTY}  # real overloads are found on other lines too

    calls = grouped(years["2013"], "line", "call")[FAULTY]
    truly = sum("lost" in each and "ended" not in each for each in calls.values())
    corrected = report["lines"][FAULTY]["corrected"]
    assert (corrected["method"], corrected["coverage"]) == ("recount", 1)
    assert (corrected["offered"], corrected["lost"]) == (len(calls), truly)
    assert corrected["low"] < truly / len(calls) < corrected["high"] < 0.025
    for line in LOST.keys() - {FAULTY}:
        assert report["lines"][line]["corrected"]["method"] == "none"
