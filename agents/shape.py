"""The figures that programs rely on, whoever tells them: `tocsin analyze --json` and `tocsin totals --format json`.

Lengths of time are in seconds, shares from 0 to 1; what is not known is null.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from agents.language import Language
from agents.pages.withheld import why
from agents.translation import Words
from streams.calls.counts import Counts
from streams.chain.breach import Breach, BreachKind
from streams.desks.line_witness import Witnessing
from streams.indicators.answer_rate import answer_rate
from streams.indicators.both import WitnessTotals
from streams.indicators.wait import Wait
from streams.ledger.diversions import Diversions
from streams.watch.correction import Corrected, Method

C = TypeVar("C", bound="ChannelShape")
S = TypeVar("S", bound=Struct)
_Counted: TypeAlias = tuple[int | None, int | None, int | None, int | None, int | None, float | None]


class CountsShape(Struct, frozen=True):
    """Hold a line's calls by outcome, and its lost rate."""

    offered: int | None
    answered: int | None
    lost: int | None
    diverted: int | None
    unresolved: int | None
    lost_rate: float | None


class LineCountsShape(CountsShape, frozen=True):
    """Hold the same with the answer rate."""

    answer_rate: float | None  # null too where it is not known which diverted calls needed an agent


class CorrectedShape(LineCountsShape, frozen=True):
    """Hold corrected counts, and how they came about."""

    low: float | None  # of the 95 % interval of the lost rate that the line has underneath
    high: float | None
    realised_low: float | None  # the least that the lost rate of these very calls can be
    realised_high: float | None
    coverage: float  # share of the opening hours, or of the calls with a witness, that the counts stand on
    method: Method
    quarantined_slots: int
    guard: str | None  # why the counts are withheld


class BreachShape(Struct, frozen=True):
    """Tell what does not hold, and where, in both languages."""

    kind: BreachKind
    subject: str  # what it is about: a vintage, a line and its day, an incident
    says: str
    says_en: str
    year: int | None  # whose figures it touches; null for those of every year
    place: str | None  # topic/partition@offset of the record
    at: int | None  # when that record was written, epoch ms, as its writer says


class WaitsShape(Struct, frozen=True):
    """Hold how long those waited who were answered, and those who were lost."""

    answered: Wait
    lost: Wait


class ReasonsShape(Struct, frozen=True):
    """Count a line's calls by why they ended so: the sum over all reasons is what was lost, or diverted."""

    lost: dict[str, int]
    diverted: dict[str, int]


class LevelShape(Struct, frozen=True):
    """Hold a line's service level: the share of its calls that were answered `within` a time, in seconds."""

    within: float
    rate: float | None


class WitnessShape(Struct, frozen=True):
    """Hold what the second record of a line counts, and how its calls stand to those of the line."""

    source: str
    offered: int
    answered: int
    lost: int
    diverted: int
    unresolved: int
    matched: int
    only_here: int
    only_there: int
    contradicted: int
    ambiguous: int  # calls of either record that could be one of several of the other
    uncovered: int  # calls of the line while the witness was silent
    coverage: float  # share of the line's calls, or of a year's opening hours, that the witness was there to see


class ChannelShape(Struct, frozen=True):
    """Hold a request channel's figures; received = answered + withdrawn + pending."""

    received: int
    answered: int
    within_target: float | None
    mean_days: float | None  # of the answered ones
    withdrawn: int
    pending: int
    late: int | None  # answered or pending, and beyond the target
    overdue: int | None  # pending, and beyond the target
    target_days: int | None
    days: Literal["working", "calendar"]


def counts_shape(counts: Counts | None) -> CountsShape:
    """Return counts with their lost rate."""
    return CountsShape(*_counted(counts))


def line_counts_shape(counts: Counts | None, diverted: Diversions) -> LineCountsShape:
    """Return a line's counts with its lost rate and its answer rate."""
    return LineCountsShape(*_counted(counts), None if counts is None else answer_rate(counts, diverted))


def witness_shape(witness: Witnessing | WitnessTotals) -> WitnessShape:
    """Return what a witness told."""
    told = msgspec.structs.asdict(witness.told)
    return WitnessShape(**{name: told.get(name, getattr(witness, name, 0)) for name in WitnessShape.__struct_fields__})


def corrected_shape(
    figure: Corrected, diverted: Diversions, zone: ZoneInfo, language: Language = Language.EN
) -> CorrectedShape:
    """Return corrected counts, and in a language why they are withheld: programs get English."""
    guard, coverage = figure.guard, figure.coverage
    low, high = figure.intervals.underlying or (None, None)
    realised_low, realised_high = figure.intervals.realised or (None, None)
    return CorrectedShape(
        *_counted(figure.counts),
        None if figure.counts is None else answer_rate(figure.counts, diverted),
        low,
        high,
        realised_low,
        realised_high,
        coverage,
        figure.method,
        figure.quarantined,
        None if guard is None else why(guard, coverage, zone, language),
    )


def shaped(shape: type[S], source: object, **more: Any) -> S:  # noqa: ANN401 -- any field
    """Return a shape with the fields of `source` that have the same names; `more` has the others."""
    alike = {name: getattr(source, name) for name in shape.__struct_fields__ if name not in more}
    return shape(**alike, **more)


def breach_shape(breach: Breach) -> BreachShape:
    """Return what does not hold, in both languages."""
    says = Words(Language.FR)(breach.says)
    return shaped(BreachShape, breach, subject=str(breach.subject), says=says, says_en=str(breach.says))


def channel_shape(
    shape: type[C],
    *,
    received: int,
    answered: int,
    in_time: int,
    delays: int,
    withdrawn: int,
    pending: int,
    overdue: int,
    target_days: int | None,
    days: Literal["working", "calendar"],
    **own: Any,  # noqa: ANN401 -- the fields that this shape has beyond those of every channel
) -> C:
    """Return a channel's figures; `in_time` of the answered met the target, `delays` sums the days of all answered."""
    targeted = target_days is not None
    return shape(
        received=received,
        answered=answered,
        within_target=in_time / received if targeted and received else None,
        mean_days=delays / answered if answered else None,
        withdrawn=withdrawn,
        pending=pending,
        late=answered - in_time + overdue if targeted else None,
        overdue=overdue if targeted else None,
        target_days=target_days,
        days=days,
        **own,
    )


def _counted(counts: Counts | None) -> _Counted:
    if counts is None:
        return None, None, None, None, None, None
    return counts.offered, counts.answered, counts.lost, counts.diverted, counts.unresolved, counts.lost_rate
