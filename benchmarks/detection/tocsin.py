"""Tocsin on one stream: its incidents, and the figures that `tocsin analyze --json` would publish of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from agents.analysis.fold import Analysis
from agents.analysis.report import LineReport, report
from agents.sources.entry import Accepted, Entry
from benchmarks.detection.detectors import Alarm
from benchmarks.detection.diary import Diary
from benchmarks.detection.office import LINE
from config.settings import Settings
from streams.events import CallEvent

TOCSIN: Final = "Tocsin"


class Said(NamedTuple):
    """Hold what Tocsin says of a stream."""

    alarms: list[Alarm]  # each raised when it was first called a miscount, or else detected
    figures: LineReport


def tocsin(events: Iterable[CallEvent], settings: Settings) -> Said:
    """Return what Tocsin says of the events of a line that is configured so."""
    analysis = Analysis(settings)
    line = analysis.lines[LINE]
    diary = Diary(line)

    def heard() -> Iterator[Entry]:
        for event in events:
            yield Accepted(0, event, b"")
            if line.state.watch.incidents:  # it was folded meanwhile
                diary.note()

    analysis.take(heard())
    diary.note()
    return Said(diary.alarms(), report(analysis).lines[LINE])
