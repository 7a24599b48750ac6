"""The history of office silences: one incident for all lines, and no useless look-ups in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from agents.history.office import gathered_json, silences_of
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LedgerDay
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import incident, line_days, slot_at

DAY = date(2013, 6, 3)  # a Monday; the office is open from 7:00 to 11:00 (UTC)
OF_OFFICE = "office-20130603T070000Z-closed"


def silence(line: str, **more: Any) -> Incident:
    given: dict[str, Any] = {"line": line, "id": f"{line}-1", "cause": "silence", "kind": "missing", "status": "open"}
    given |= {"start": slot_at(DAY, 7) * QUARTER_MS, "end": slot_at(DAY, 11) * QUARTER_MS}
    return incident(DAY, DAY, **{**given, **more})


def days(line: str) -> list[LedgerDay]:
    return [*line_days(DAY, DAY, lambda _: CallSlot(offered=1, answered=1), line)]


def test_the_silences_of_several_lines_are_told_as_one_in_the_place_of_the_first() -> None:
    rise = incident(DAY, DAY)
    known = history(silence("circulation"), rise, silence("standard"), days=[])
    told = list(known.incidents.of().values())
    silences = silences_of(SETTINGS, told, lambda: known)
    assert [each.id for each in silences] == [OF_OFFICE]
    one, other = gathered_json(told, silences, PARIS)
    assert (one["id"], one["line"], one["site"], one["status"]) == (
        OF_OFFICE,
        "circulation, standard",
        "lozere",
        "open",
    )
    assert (one["from"], one["to"]) == ("2013-06-03T09:00:00+02:00", "2013-06-03T13:00:00+02:00")
    assert other == told[1]
    assert gathered_json(told, [], PARIS) == told


def test_the_ledger_says_whether_another_line_was_called() -> None:
    known = history(silence("circulation"), silence("standard"), days=days("etrangers"))
    assert silences_of(SETTINGS, known.incidents.of().values(), lambda: known) == []


def test_without_several_silences_nobody_asks_the_ledger() -> None:
    known = history(silence("circulation"), days=[])

    def never() -> Any:
        raise AssertionError

    assert silences_of(SETTINGS, known.incidents.of().values(), never) == []
