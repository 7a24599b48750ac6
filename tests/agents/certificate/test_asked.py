"""What persons answered about the calls that were drawn regularly, in a certificate."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from agents.certificate.asked import asked_sample
from agents.certificate.certificate import CertifiedSample
from agents.history.questions import logged_in
from streams.events import Review
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay
from tests.agents.history.test_questions import logged

PARIS = ZoneInfo("Europe/Paris")
YEAR = Period.of_year(2013)
DAYS = [
    LineDay(id="lozere/circulation", day="2013-03-04", slots={36: CallSlot(offered=1000, answered=980, lost=20)}),
    LineDay(id="lozere/circulation", day="2012-12-31", slots={36: CallSlot(offered=10, answered=5, lost=5)}),
]


def answered(call: str, answer: str, by: str = "c.martin", **more: object) -> Review:
    fields = {
        "type": "review",
        "decision": "answer",
        "at": "2013-04-02T10:00:00Z",
        "by": by,
        "line": "circulation",
        "call": call,
        "answer": answer,
        "counted": "lost",
        "from": "2013-03-04T09:00:00Z",
        "sampled": True,
    }
    return msgspec.convert(fields | more, Review)


def found(*reviews: Review) -> CertifiedSample | None:
    return asked_sample(logged_in(logged(*reviews)), "circulation", YEAR, DAYS, PARIS)


def test_the_answers_of_a_year_bound_its_rate() -> None:
    sample = found(
        *(answered(f"lost {number}", "right") for number in range(10)),
        *(answered(f"other {number}", "right", counted="answered") for number in range(60)),
        answered("odd", "right"),
        answered("odd", "wrong", by="s.petit"),
    )
    assert sample is not None
    assert (sample.calls, sample.lost, sample.first) == (1000, 20, "2013-03-04")
    assert (sample.result.checked, sample.result.wrong, sample.result.unknown) == (71, 0, 1)
    assert 0.05 < sample.result.within < 0.07  # 60 right answers


def test_answers_to_a_doubt_of_another_line_or_year_and_of_earlier_versions_do_not_enter() -> None:
    others = [
        answered("of a doubt", "right", sampled=False),
        answered("of another line", "right", line="standard"),
        answered("of the day before", "right", **{"from": "2012-12-31T22:59:59Z"}),
        msgspec.structs.replace(answered("of an earlier version", "right"), counted=None, from_=None, sampled=False),
    ]
    assert found(*others) is None
    assert found() is None
    in_paris = found(answered("a second later", "wrong", **{"from": "2012-12-31T23:00:00Z"}))
    assert in_paris is not None
    assert in_paris.first == date(2013, 1, 1).isoformat()
