"""The JSON that programs rely on, the same from `tocsin analyze --json` and `tocsin totals --format json`.

Durations are in seconds, shares from 0 to 1; null means unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from streams.figures.mean import ChannelMeans, MeanMethod, ServiceMeans
from streams.indicators.answer_rate import answer_rate
from streams.indicators.both import WitnessTotals
from streams.indicators.breakdown import Breakdown
from streams.indicators.repeats import Repeats, together
from streams.indicators.survey import Share
from streams.indicators.wait import Wait
from streams.ledger.diversions import Diversions
from streams.watch.correction import Corrected, Method

C = TypeVar("C", bound="ChannelShape")
S = TypeVar("S", bound=Struct)
_Counted: TypeAlias = tuple[int | None, int | None, int | None, int | None, int | None, float | None]


class CountsShape(Struct, frozen=True):
    """A line's calls by outcome, and its lost rate."""

    offered: int | None
    answered: int | None
    lost: int | None
    diverted: int | None
    unresolved: int | None
    lost_rate: float | None


class LineCountsShape(CountsShape, frozen=True):
    """A line's counts with its answer rate."""

    answer_rate: float | None  # null too if it is unknown which diverted calls needed an agent


class CorrectedShape(LineCountsShape, frozen=True):
    """Corrected counts, their method and their uncertainty."""

    low: float | None  # of the 95 % interval of the line's underlying lost rate
    high: float | None
    realised_low: float | None  # the least that the lost rate of these very calls can be
    realised_high: float | None
    coverage: float  # share of the opening hours, or with a witness of the calls, that the counts cover
    method: Method
    quarantined_slots: int
    guard: str | None  # why the counts are withheld


class BreachShape(Struct, frozen=True):
    """A breach of integrity, in both languages."""

    kind: BreachKind
    subject: str  # a vintage, a line and its day, or an incident
    says: str
    says_en: str
    year: int | None  # whose figures are affected; null for every year
    place: str | None  # topic/partition@offset of the record
    at: int | None  # when that record was written, epoch ms, as its writer says


class WaitsShape(Struct, frozen=True):
    """The waits of answered and of lost calls."""

    answered: Wait
    lost: Wait


class ReasonsShape(Struct, frozen=True):
    """A line's lost and diverted calls by reason; each adds up to the line's count."""

    lost: dict[str, int]
    diverted: dict[str, int]


class LevelShape(Struct, frozen=True):
    """A line's service level: the share of its calls that were answered `within` this many seconds."""

    within: float
    rate: float | None


class WitnessShape(Struct, frozen=True):
    """The counts of a line's second record, and how its calls match the line's."""

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
    ambiguous: int  # calls of either record that could match several of the other
    uncovered: int  # calls of the line while the witness was silent
    coverage: float  # share of the line's calls, or of a year's opening hours, in which the witness was recording


class ServiceFigures(Struct, frozen=True):
    """A service's figures as counted; durations are means."""

    mean_wait: float | None
    mean_service: float | None
    no_show: int | None


class CorrectedService(ServiceFigures, frozen=True):
    """A service's figures without wrong values."""

    low: float | None  # of the 95 % interval of the mean wait
    high: float | None
    coverage: float  # share of the days
    method: MeanMethod
    guard: str | None  # why the figures are withheld


class ChannelFigures(Struct, frozen=True):
    """A channel's figures as counted."""

    within_target: float | None
    mean_days: float | None


class CorrectedChannel(ChannelFigures, frozen=True):
    """A channel's figures without wrong values."""

    low: float | None  # of the 95 % interval of the share in time; of the mean delay if there is no target
    high: float | None
    coverage: float  # share of the days
    method: MeanMethod
    guard: str | None  # why the figures are withheld


class ChannelShape(Struct, frozen=True):
    """A request channel's figures; received = answered + withdrawn + pending."""

    received: int
    answered: int
    within_target: float | None
    mean_days: float | None  # of the answered ones
    withdrawn: int
    pending: int
    late: int | None  # answered after the target, or pending beyond it
    overdue: int | None  # pending beyond the target
    target_days: int | None
    days: Literal["working", "calendar"]


def counts_shape(counts: Counts | None) -> CountsShape:
    return CountsShape(*_counted(counts))


def line_counts_shape(counts: Counts | None, diverted: Diversions) -> LineCountsShape:
    return LineCountsShape(*_counted(counts), None if counts is None else answer_rate(counts, diverted))


def witness_shape(witness: Witnessing | WitnessTotals) -> WitnessShape:
    counts = msgspec.structs.asdict(witness.told)
    values = {name: counts.get(name, getattr(witness, name, 0)) for name in WitnessShape.__struct_fields__}
    return WitnessShape(**values)


def corrected_shape(
    figure: Corrected, diverted: Diversions, zone: ZoneInfo, language: Language = Language.EN
) -> CorrectedShape:
    """Return corrected counts; `language` is used for the reason why they are withheld."""
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


def corrected_service(means: ServiceMeans, zone: ZoneInfo, language: Language = Language.EN) -> CorrectedService:
    """Return a service's corrected figures; `language` is used for the reason why they are withheld."""
    wait, time = means.wait, means.time_in_service
    guard = None if wait.guard is None else why(wait.guard, wait.coverage, zone, language)
    mean_wait, mean_service = (None if each is None else round(each, 3) for each in (wait.value, time.value))  # as raw
    return CorrectedService(
        mean_wait, mean_service, means.no_show, wait.low, wait.high, wait.coverage, wait.method, guard
    )


def corrected_channel(means: ChannelMeans, zone: ZoneInfo, language: Language = Language.EN) -> CorrectedChannel:
    """Return a channel's corrected figures; `language` is used for the reason why they are withheld."""
    share, delay = means.in_time, means.delay
    first = delay if share.value is None else share
    guard = None if first.guard is None else why(first.guard, first.coverage, zone, language)
    return CorrectedChannel(share.value, delay.value, first.low, first.high, first.coverage, first.method, guard)


def shaped(shape: type[S], source: object, **more: Any) -> S:  # noqa: ANN401 -- any field
    """Return a shape with the fields of `source` that have the same names; `more` has the other fields."""
    alike = {name: getattr(source, name) for name in shape.__struct_fields__ if name not in more}
    return shape(**alike, **more)


def breach_shape(breach: Breach) -> BreachShape:
    """Return the shape of a breach, in both languages."""
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
    **own: Any,  # noqa: ANN401 -- further fields of a subclass
) -> C:
    """Return a channel's figures; `in_time` answers met the target; `delays` is the sum of days to all answers."""
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


def survey_shape(shares: Sequence[Share], breakdowns: Sequence[Breakdown]) -> list[dict[str, Any]]:
    """Return each question with its groups and suggestions; the figures of a withheld group are null."""
    nothing = dict.fromkeys(Share._fields)
    known = {each.question: each for each in breakdowns}

    def question(share: Share) -> dict[str, Any]:
        own = known.get(share.question, Breakdown(share.question, [], 0, []))
        groups = [(each, nothing if each.share is None else each.share._asdict()) for each in own.groups]
        return {
            **share._asdict(),
            "groups": [
                {"by": each.by, "name": each.name, **{name: value for name, value in of.items() if name != "question"}}
                for each, of in groups
            ],
            "suggestions": own.suggestions,
            "themes": own.themes,
        }

    return [question(each) for each in shares]


class RepeatsShape(Struct, frozen=True):
    """The answered calls of known callers, and those whose caller called again; share and bounds null if withheld."""

    name: str  # a month (YYYY-MM), empty for the period
    answered: int
    known: int
    again: int
    share: float | None
    low: float | None
    high: float | None
    months: list[RepeatsShape]


def repeats_shape(months: Sequence[Repeats]) -> RepeatsShape | None:
    """Return the sum of some months, and each; None without any."""

    def shape(of: Repeats, within: Sequence[Repeats]) -> RepeatsShape:
        low, high = of.bounds or (None, None)
        parts = [shape(each, ()) for each in within]
        return RepeatsShape(of.name, of.answered, of.known, of.again, of.share, low, high, parts)

    return shape(together("", months), months) if months else None
