"""Tocsin on one stream: its incidents, and the figures that `tocsin analyze --json` would publish of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from agents.analysis.fold import Analysis
from agents.analysis.report import LineReport, report
from agents.sources.entry import Accepted, Entry
from benchmarks.detection.detectors import Alarm
from benchmarks.detection.office import LINE
from config.settings import Settings
from streams.events import CallEvent
from streams.watch.incident import Incident

TOCSIN: Final = "Tocsin"
_LATEST: Final = 8  # incidents: more are never open


class Said(NamedTuple):
    """Hold what Tocsin says of a stream."""

    alarms: list[Alarm]  # each raised when it was first called a miscount, or else detected
    figures: LineReport


def tocsin(events: Iterable[CallEvent], settings: Settings) -> Said:
    """Return what Tocsin says of the events of a line that is configured so."""
    analysis = Analysis(settings)
    state = analysis.lines[LINE].state
    incidents = state.watch.incidents
    miscounted: dict[str, int] = {}
    doubted: dict[str, int] = {}
    closed: dict[str, int] = {}
    known: dict[str, Incident] = {}  # too many are not kept by the watch

    def note() -> None:
        for each in incidents[-_LATEST:]:
            known[each.id] = each
            if each.verdict == "miscount":
                miscounted.setdefault(each.id, state.high)
            if each.verdict != "overload":
                doubted.setdefault(each.id, state.high)
            if each.over:
                closed.setdefault(each.id, state.high)

    def heard() -> Iterator[Entry]:
        for event in events:
            yield Accepted(0, event, b"")
            if incidents:  # it was folded meanwhile
                note()

    analysis.take(heard())
    note()
    said = [
        Alarm(
            raised=miscounted.get(each.id, each.detected),
            start=each.start,
            end=each.end,
            verdict=each.verdict,
            kind=each.kind,
            once=each.id in miscounted,
            doubted=doubted.get(each.id),
            detected=each.detected,
            off=closed.get(each.id, state.high),
        )
        for each in known.values()
    ]
    return Said(said, report(analysis).lines[LINE])
