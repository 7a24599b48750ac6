"""One run of a situation through Tocsin, and what its verdicts and figures are worth."""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct

from agents.sources.entry import Accepted, Entry
from benchmarks.detection.detectors import Alarm
from benchmarks.detection.diary import Diary
from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.published import Figure, Publisher, add_truth, whole
from benchmarks.detection.held_out.questions import Mode, answers_of, asked, asking
from benchmarks.detection.held_out.situation import Kind, Played, name_of, play
from benchmarks.detection.office import LINE
from streams.events import milliseconds
from streams.kept.times import DAY_MS

MOVES = 0.5  # points: a fault that changes the lost rate by less is not counted as one that moves it


class Run(Struct, kw_only=True):
    """The result of one run; delays are calls recorded from the first wrong record on."""

    name: str
    situation: str
    world: str
    seed: int
    kind: Kind
    answers: Mode
    years: float  # of the line
    moves: float = 0.0  # points by which the fault changes the lost rate while it lasts
    told: int | None = None  # until a miscount about the fault
    doubted: int | None = None  # until a miscount or an undecided incident about the fault
    false: list[str] = []  # kinds of the other incidents that were a miscount at any moment
    doubts: int = 0  # other incidents that were undecided
    overloads: int = 0
    questions: int = 0
    answered: int = 0
    figures: list[Figure] = []  # by month
    whole: Figure
    seconds: float = 0.0  # of processing time


def run(situation: str, world: str, seed: int, mode: Mode, data: str = "") -> Run:
    """Play a situation and judge Tocsin's verdicts and figures; `data` is the file of the bank."""
    begun, described = time.process_time(), SITUATIONS[situation]
    played = play(described, world, seed, data)
    analysis = asking(played.settings, answers_of(played.recorded, mode), played.recorded)
    line = analysis.lines[LINE]
    diary, publisher = Diary(line), Publisher(line, played.settings, played.days[0].date)

    def heard() -> Iterator[Entry]:
        for event in played.events:
            yield Accepted(0, event, b"")
            if line.state.watch.incidents:  # the event is folded now
                diary.note()
            while milliseconds(event.at) >= publisher.due:
                publisher.publish(asked(line))

    analysis.take(heard())
    diary.note()
    found = asked(line)
    result = Run(
        name=f"{name_of(described, world, seed)}/{mode}",
        situation=situation,
        world=world,
        seed=seed,
        kind=described.kind,
        answers=mode,
        years=played.years,
        questions=found.questions,
        answered=found.answered,
        figures=publisher.figures,
        whole=whole(line, found),
    )
    add_truth([*publisher.figures, result.whole], played)
    judge(result, played, diary.alarms())
    result.seconds = time.process_time() - begun
    return result


def judge(result: Run, played: Played, alarms: list[Alarm]) -> None:
    """Add to a run what its alarms are worth.

    An alarm is about the fault if it was raised from the first wrong record on, and before the end of the first
    opening day after the fault, or if its own bounds begin within the fault. Every other miscount is false.
    """
    about: list[Alarm] = []
    if result.kind == "fault" and played.first is not None:
        result.moves = _moves(played)
        about = [each for each in alarms if each.verdict != "overload" or each.once]
        about = [each for each in about if _is_about(each, played.first, played.until, played.end)]
        told = [max(each.raised, played.first) for each in about if each.once]
        doubted = [max(each.doubted, played.first) for each in about if each.doubted is not None]
        result.told = _calls_until(played, min(told)) if told else None
        result.doubted = _calls_until(played, min(doubted)) if doubted else None
    others = [each for each in alarms if each not in about]
    result.false = [_kind(each) for each in others if each.once]
    result.doubts = sum(not each.once and each.doubted is not None for each in others)
    result.overloads = sum(each.verdict == "overload" for each in others)


def _is_about(alarm: Alarm, first: int, until: int, end: int) -> bool:
    moments = (alarm.raised,) if alarm.doubted is None else (alarm.raised, alarm.doubted)
    return any(first <= at and (at <= until or first - DAY_MS <= alarm.start < end) for at in moments)


def _kind(alarm: Alarm) -> str:
    return alarm.kind if alarm.verdict == "miscount" else f"taken back: {alarm.kind}"


def _calls_until(played: Played, raised: int) -> int:
    assert played.first is not None
    return sum(played.first <= each.start <= raised for each in played.recorded.values())


def _moves(played: Played) -> float:
    """Return by how many points the recorded lost rate differs from the true one while the fault lasts."""
    true = [each.lost for each in played.calls if played.start <= each.start < played.end]
    told = [each.outcome == "lost" for each in played.recorded.values() if played.start <= each.start < played.end]
    return 100 * (sum(told) / max(1, len(told)) - sum(true) / max(1, len(true)))
