"""A line in depth, as an analysis tells it: callers, staff, patience, overflow, and what was to be expected."""

from __future__ import annotations

from msgspec import Struct
from rich.console import Console

from agents.analysis.written import number, percent, seconds
from agents.translation import counted, labelled, text
from streams.calls.callers import AGAIN, CallBacks, Callers
from streams.desks.line import Line
from streams.insight.expectation import Expectation, expectation
from streams.insight.patience import Patience, patience
from streams.insight.rates import ServiceLevels, service_levels
from streams.insight.wait_law import WaitLaw, wait_law

PATIENT_AFTER = (10, 30, 60, 120, 300)  # seconds


def _percent(share: float | None) -> str:
    return percent(share, text("unknown"))


def _seconds(length: float | None) -> str:
    return seconds(length, text("unknown"))


class CallersReport(Struct, frozen=True):
    """Hold who called, each counted once a day, and who called again; null where nobody knows who called."""

    callers: int | None
    attempts: int | None
    repeats: int | None
    reached_nobody: int | None
    net_lost: int | None
    attempts_per_net_lost: float | None
    again_after_lost: dict[str, float | None]  # the share who called again within `15m`, `30m`, `60m`
    again_after_answered: dict[str, float | None]
    unfollowed: int | None


class PatienceReport(Struct, frozen=True):
    """Hold how long callers are ready to wait, in seconds."""

    abandoned: int
    censored: int  # they were answered or sent away, so that their patience is only known to be longer
    median: float | None
    restricted_mean: float | None  # each counted up to `up_to`
    up_to: float | None
    abandoning_per_second: float | None
    patient_after: dict[str, float | None]  # the share who still wait after `10`, `30`, ... seconds


class Insight(Struct, frozen=True):
    """Hold what an analysis says of a line beyond its counts."""

    service_levels: ServiceLevels
    callers: CallersReport
    occupancy: float | None  # share of their time that the agents seen at work talked, at most
    unplaced_talk: float  # seconds of talk told too late to count in the occupancy
    patience: PatienceReport
    overflow: dict[str, int]  # diverted calls by where they went to
    expectation: Expectation | None
    wait_law: WaitLaw | None


def insight(line: Line, target: float) -> Insight:
    """Return what an analysis says of a line beyond its counts; `target` is the lost rate to stay below."""
    staff, hours, patient = line.figures.staff(), line.figures.by_hour(), patience(line.figures.total())
    return Insight(
        service_levels=service_levels(line),
        callers=_callers(line.figures.callers()) if line.reported is None else _nobody_knows(),
        occupancy=staff.occupancy,
        unplaced_talk=staff.unplaced / 1000,
        patience=_patience(patient),
        overflow=line.figures.overflow(),
        expectation=expectation(hours, staff.by_hour(), patient.rate, target),
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


def _nobody_knows() -> CallersReport:
    """Return what a line of totals tells of its callers."""
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
    """Print a line in depth for people: a sentence each for what is known."""
    levels, callers, patient = line.service_levels, line.callers, line.patience
    expected, law = line.expectation, line.wait_law
    sentences = [
        text(
            "answered in time, of answered {answered}, without short calls {long}, lost in time as met {met}",
            answered=_percent(levels.over_answered),
            long=_percent(levels.without_short),
            met=_percent(levels.lost_in_time_met),
        )
    ]
    if callers.callers:
        sentences.append(
            text(
                "{callers}, each counted once a day, made {attempts}, {unreached} reached nobody; again within the "
                "hour after a lost call {lost}, an answered one {answered}",
                callers=counted("{count} caller", "{count} callers", callers.callers),
                attempts=counted("{calls} call", "{calls} calls", callers.attempts or 0, calls=callers.attempts),
                unreached=callers.reached_nobody,
                lost=_percent(callers.again_after_lost["60m"]),
                answered=_percent(callers.again_after_answered["60m"]),
            )
        )
    if line.occupancy is not None:
        talked = text("agents seen at work talked {share} of their time, at most", share=_percent(line.occupancy))
        if line.unplaced_talk:
            late = _seconds(line.unplaced_talk)
            talked = text("{talked}, and {time} told too late to count in it", talked=talked, time=late)
        sentences.append(talked)
    if patient.abandoned:
        sentences.append(
            text(
                "patience: median {median}, mean {mean} up to {longest}; still waiting after 60 s {share}",
                median=_seconds(patient.median),
                mean=_seconds(patient.restricted_mean),
                longest=_seconds(patient.up_to),
                share=_percent(patient.patient_after["60"]),
            )
        )
    if line.overflow:
        places = ", ".join(f"{to} {count}" for to, count in line.overflow.items())
        sentences.append(text("diverted to {places}", places=places))
    if expected is not None:
        sentence = text(
            "over {hours} h with {agents} agents seen, lost {lost} where {expected_lost} was to be expected, wait "
            "{wait} where {expected_wait}",
            hours=expected.hours,
            agents=number(expected.agents, 1),
            lost=_percent(expected.lost),
            expected_lost=_percent(expected.expected_lost),
            wait=_seconds(expected.wait),
            expected_wait=_seconds(expected.expected_wait),
        )
        if expected.needed is not None:
            sentence += text(", {agents} needed for the target", agents=number(expected.needed, 1))
        sentences.append(sentence)
    if law is not None and law.correlation is not None and law.theta is not None:
        sentences.append(
            text(
                "over {hours} h the lost share follows the wait with r = {r}, {theta} % a second",
                hours=law.hours,
                r=number(law.correlation, 3),
                theta=number(law.theta * 100, 3),
            )
        )
    for sentence in sentences:
        console.print(labelled(name, sentence), markup=False)
