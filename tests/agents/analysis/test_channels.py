"""A year of requests matches the figures counted by hand, and requests that cannot be counted are reported."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.analysis.table import show
from config.settings import Channel, Holidays, Settings
from config.sums import DeskSum
from tests.agents.sources.contexts import events
from tests.agents.sources.pseudonyms import PSEUDONYM

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Settings(
    site="lozere",
    holidays=Holidays(closed=(date(2013, 5, 10),)),
    requests={
        "email": Channel(target_days=5),
        "letter": Channel(target_days=15),
        "im341": Channel(days="calendar"),
        "complaint": Channel(days="calendar"),
    },
)

# Working days after the day of receipt. 8, 9 and 10 May 2013 are not working days, nor are 18, 19 and 20 May.
SPRING = """
e1 email  2013-05-07T16:59 answered  2013-05-13T09:00  1
e2 email  2013-05-07T16:59 answered  2013-05-17T09:00  5, the last in time
e3 email  2013-05-07T16:59 answered  2013-05-21T09:00  6, late
e4 email  2013-05-11T10:00 answered  2013-05-13T09:00  1, received on a Saturday
e5 email  2013-05-13T23:59 answered  2013-05-13T23:59  0
e6 email  2013-05-14T08:00 pending   -                 in time until 2013-05-22
e7 email  2013-05-07T08:00 pending   -                 overdue since 2013-05-21
e8 email  2013-05-13T08:00 withdrawn 2013-05-14T08:00  -
p1 im341  2013-05-07T10:00 delivered 2013-05-10T09:00  3
p2 im341  2013-05-07T10:00 delivered 2013-05-09T00:30  2, on a holiday
"""


def told(channel: str, request: str, kind: str, at: str) -> dict[str, Any]:
    moment = datetime.fromisoformat(at).replace(tzinfo=PARIS).isoformat()
    return {"channel": channel, "request": request, "type": kind, "at": moment}


def spring() -> list[dict[str, Any]]:
    words = []
    for name, channel, received, kind, at in (line.split(maxsplit=5)[:5] for line in SPRING.strip().splitlines()):
        words.append(told(channel, name, "received", received))
        if kind != "pending":
            words.append(told(channel, name, kind, at))
    return words


def analysed(*words: dict[str, Any], office: Settings = OFFICE) -> Analysis:
    analysis = Analysis(office)
    analysis.take(events((json.dumps(each).encode() for each in words), PSEUDONYM))
    return analysis


def test_a_sum_of_channels_has_a_target_if_it_is_one() -> None:
    same = {**OFFICE.requests, "im342": OFFICE.requests["im341"]}
    sums = {"titres": DeskSum(requests=("im341", "im342")), "courrier": DeskSum(requests=("email", "letter"))}
    office = OFFICE.model_copy(update={"requests": same, "sums": sums})
    more = [("received", "2013-05-07T10:00"), ("answered", "2013-05-08")]
    words = [*spring(), *(told("im342", "q1", *each) for each in more)]
    found = document(analysed(*words, office=office))["requests"]
    assert (found["titres"]["received"], found["titres"]["mean_days"]) == (3, 2.0)
    assert (found["courrier"]["received"], found["courrier"]["within_target"]) == (8, None)
    assert found["courrier"]["pending"] == found["email"]["pending"]
    assert found["titres"]["parts"] == ("im341", "im342")


def test_a_spring_counted_by_hand() -> None:
    found = document(analysed(*spring()))["requests"]
    figures = {"within_target": 4 / 8, "mean_days": (1 + 5 + 6 + 1 + 0) / 5}
    assert found["email"].pop("raw") == figures
    assert found["email"].pop("corrected")["guard"] == "no baseline"  # so few requests show nothing usual
    assert found["email"] == {
        "received": 8,
        "answered": 5,
        "within_target": 4 / 8,
        "mean_days": (1 + 5 + 6 + 1 + 0) / 5,
        "withdrawn": 1,
        "pending": 2,
        "late": 2,
        "overdue": 1,
        "target_days": 5,
        "days": "working",
        "anomalies": {},
        "forgotten": 0,
    }
    assert found["im341"]["mean_days"] == 2.5
    assert (found["im341"]["within_target"], found["im341"]["late"]) == (None, None), "it has no target"


def test_what_is_pending_becomes_overdue_by_what_is_told_of_others() -> None:
    later = told("letter", "l1", "received", "2013-05-23T09:00")
    found = document(analysed(*spring(), later))["requests"]
    assert (found["email"]["overdue"], found["email"]["late"]) == (2, 3)
    assert found["letter"]["within_target"] == 0, "of the one that was received"


def test_where_nothing_was_counted_a_share_is_null_and_never_zero() -> None:
    found = document(analysed())["requests"]
    assert found.keys() == OFFICE.requests.keys()
    for figures in found.values():
        assert (figures["received"], figures["within_target"], figures["mean_days"]) == (0, None, None)


def test_everything_again_and_backwards_changes_no_figure() -> None:
    words = spring()
    assert document(analysed(*words, *reversed(words)))["requests"] == document(analysed(*words))["requests"]
    assert document(analysed(*reversed(words)))["requests"] == document(analysed(*words))["requests"]


def test_an_answer_to_nothing_is_told_and_bends_no_figure() -> None:
    orphan = told("email", "e0", "answered", "2013-05-13T09:00")
    analysis = analysed(*spring(), orphan)
    found = document(analysis)
    assert found["requests"]["email"].pop("anomalies") == {"never-received": 1}
    assert found["requests"]["email"].items() <= document(analysed(*spring()))["requests"]["email"].items()
    assert found["events"]["ok"] + found["events"]["late"] == len(spring()) + 1
    assert "email: 1 x receipt never reported" in printed(analysis)


def test_an_unknown_channel_is_refused_with_the_known_ones() -> None:
    analysis = analysed(told("fax", "1", "received", "2013-05-13T09:00"))
    assert document(analysis)["refused"] == {"unknown-channel": 1}
    ((refused,),) = analysis.refusals.first.values()
    assert refused.why.detail.endswith("expected one of email, letter, im341, complaint")


def printed(analysis: Analysis) -> str:
    said = StringIO()
    show(analysis, Console(file=said, width=200), full=True)
    return said.getvalue()


def test_people_are_shown_every_channel_that_was_used() -> None:
    rows = {row.split()[0]: row.split()[1:] for row in printed(analysed(*spring())).splitlines() if row.strip()}
    assert rows["email"] == ["8", "5", "1", "2", "2", "50.00%", "U", "2.60", "working", "days", "U"]
    assert rows["im341"] == ["2", "2", "0", "0", "2.50", "days", "U"]
    assert "letter" not in rows


@pytest.mark.parametrize("kind", ["answered", "delivered"])
def test_the_first_answer_or_delivery_counts(kind: str) -> None:
    later = "delivered" if kind == "answered" else "answered"
    words = [
        told("im341", "1", "received", "2013-05-02T09:00"),
        told("im341", "1", later, "2013-05-12T09:00"),
        told("im341", "1", kind, "2013-05-06T09:00"),
    ]
    assert document(analysed(*words))["requests"]["im341"]["mean_days"] == 4
