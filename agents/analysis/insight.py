"""More about a line in an analysis: callers, staff, patience, overflow, and the expected losses."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from rich.console import Console

from agents.analysis.written import number, percent, seconds
from agents.pages.sentences import losses_sentence
from agents.translation import Words, counted, labelled, semicolon, spoken_language, text
from streams.calls.callers import AGAIN, CallBacks, Callers
from streams.desks.line import Line
from streams.insight.expectation import Expectation, expectation
from streams.insight.losses import Losses, losses
from streams.insight.patience import Patience, patience
from streams.insight.rates import ServiceLevels, service_levels
from streams.insight.wait_law import WaitLaw, wait_law

PATIENT_AFTER = (10, 30, 60, 120, 300)  # seconds


def _percent(share: float | None) -> str:
    return percent(share, text("unknown"))


def _seconds(length: float | None) -> str:
    return seconds(length, text("unknown"))


class CallersReport(Struct, frozen=True):
    """Callers, counted once a day, and how many called again; null if callers are unknown."""

    callers: int | None
    attempts: int | None
    repeats: int | None
    reached_nobody: int | None
    net_lost: int | None
    attempts_per_net_lost: float | None
    again_after_lost: dict[str, float | None]  # share who called again within `15m`, `30m`, `60m`
    again_after_answered: dict[str, float | None]
    unfollowed: int | None


class PatienceReport(Struct, frozen=True):
    """How long callers are ready to wait, in seconds."""

    abandoned: int
    censored: int  # answered or diverted, so that their patience has only a lower bound
    median: float | None
    restricted_mean: float | None  # mean of the patience, each cut off at `up_to`
    up_to: float | None
    abandoning_per_second: float | None
    patient_after: dict[str, float | None]  # share still waiting after `10`, `30`, ... seconds


class Insight(Struct, frozen=True):
    """What an analysis reports about a line besides its counts."""

    service_levels: ServiceLevels
    callers: CallersReport
    occupancy: float | None  # share of their time that active agents spent talking, at most
    unplaced_talk: float  # seconds of talk reported too late to count in the occupancy
    patience: PatienceReport
    overflow: dict[str, int]  # diverted calls by destination
    expectation: Expectation | None
    losses: Losses  # of the last month, by cause
    wait_law: WaitLaw | None


def insight(line: Line, target: float) -> Insight:
    """Return more about a line; `target` is its highest acceptable lost rate."""
    staff, hours, patient = line.figures.staff(), line.figures.by_hour(), patience(line.figures.total())
    return Insight(
        service_levels=service_levels(line),
        callers=_callers(line.figures.callers()) if line.reported is None else _unknown_callers(),
        occupancy=staff.occupancy,
        unplaced_talk=staff.unplaced / 1000,
        patience=_patience(patient),
        overflow=line.figures.overflow(),
        expectation=expectation(hours, staff.by_hour(), patient.rate, target),
        losses=losses(hours, staff.by_hour(), patient.rate, target),
        wait_law=wait_law(hours.values()),
    )


def _callers(callers: Callers) -> CallersReport:
    return CallersReport(
        callers=callers.callers,
        attempts=callers.attempts,
        repeats=callers.repeats,
        reached_nobody=callers.unreached,
        net_lost=callers.net_lost,
        attempts_per_net_lost=callers.attempts_per_net_lost,
        again_after_lost=_again(callers.after_lost),
        again_after_answered=_again(callers.after_answered),
        unfollowed=callers.unfollowed,
    )


def _unknown_callers() -> CallersReport:
    """Return the report on callers of a line that is counted by readings only, whose callers are unknown."""
    again = {f"{minutes}m": None for minutes in AGAIN}
    return CallersReport(None, None, None, None, None, None, {**again}, {**again}, None)


def _again(calls: CallBacks) -> dict[str, float | None]:
    return {f"{minutes}m": calls.share(index) for index, minutes in enumerate(AGAIN)}


def _patience(patient: Patience) -> PatienceReport:
    def in_seconds(length: float | None) -> float | None:
        return None if length is None else round(length / 1000, 3)

    return PatienceReport(
        abandoned=patient.abandoned,
        censored=patient.censored,
        median=in_seconds(patient.median),
        restricted_mean=in_seconds(patient.restricted_mean),
        up_to=in_seconds(patient.longest or None),
        abandoning_per_second=None if patient.rate is None else patient.rate * 1000,
        patient_after={str(after): patient.survival(after * 1000) for after in PATIENT_AFTER},
    )


def show_insight(name: str, line: Insight, console: Console) -> None:
    """Print more about a line, one sentence for each figure that is known."""
    for sentence in (*_of_callers(line), *_of_staff(line)):
        console.print(labelled(name, sentence), markup=False)


def _of_callers(line: Insight) -> Iterator[str]:
    levels, callers, patient = line.service_levels, line.callers, line.patience
    yield text(
        "answered in time: {answered} of answered calls, {long} of all but short calls, {met} if calls "
        "lost in time count as met",
        answered=_percent(levels.over_answered),
        long=_percent(levels.without_short),
        met=_percent(levels.lost_in_time_met),
    )
    if callers.callers:
        yield semicolon().join(
            [
                counted("{count} call", "{count} calls", callers.attempts or 0)
                + counted(
                    " by {count} caller, counted once a day",
                    " by {count} callers, each counted once a day",
                    callers.callers,
                ),
                text(
                    "callers who reached nobody: {unreached}; called again within the hour: {lost} after a lost "
                    "call, {answered} after an answered one",
                    unreached=callers.reached_nobody,
                    lost=_percent(callers.again_after_lost["60m"]),
                    answered=_percent(callers.again_after_answered["60m"]),
                ),
            ]
        )
    if patient.abandoned:
        yield text(
            "patience: median {median}, mean {mean} (cut off at {longest}); still waiting after 60 s: {share}",
            median=_seconds(patient.median),
            mean=_seconds(patient.restricted_mean),
            longest=_seconds(patient.up_to),
            share=_percent(patient.patient_after["60"]),
        )
    if line.overflow:
        places = ", ".join(f"{to} {count}" for to, count in line.overflow.items())
        yield text("diverted to {places}", places=places)


def _of_staff(line: Insight) -> Iterator[str]:
    expected, law = line.expectation, line.wait_law
    if line.occupancy is not None:
        talked = text("active agents spent at most {share} of their time talking", share=_percent(line.occupancy))
        if line.unplaced_talk:
            late = _seconds(line.unplaced_talk)
            talked = text("{talked}, plus {time} reported too late to be included", talked=talked, time=late)
        yield talked
    if expected is not None:
        sentence = text(
            "over {hours} h with {agents} agents on average: lost {lost} (expected {expected_lost}), wait "
            "{wait} (expected {expected_wait})",
            hours=expected.hours,
            agents=number(expected.agents, 1),
            lost=_percent(expected.lost),
            expected_lost=_percent(expected.expected_lost),
            wait=_seconds(expected.wait),
            expected_wait=_seconds(expected.expected_wait),
        )
        if expected.needed is not None:
            sentence += text(", agents needed for the target: {agents}", agents=number(expected.needed, 1))
        yield sentence
    if (causes := losses_sentence(line.losses, Words(spoken_language()))) is not None:
        yield causes
    if law is not None and law.correlation is not None and law.theta is not None:
        yield text(
            "lost calls per second of mean wait: {theta} % (correlation over {hours} h: {r})",
            hours=law.hours,
            r=number(law.correlation, 3),
            theta=number(law.theta * 100, 3),
        )
