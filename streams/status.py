"""The live figures of a line or a service at one moment, as in `tocsin.status`.

Durations are in seconds, shares from 0 to 1, and null if nothing was counted. Totals count from the beginning and are
raw. Of two records with one key, the one with the greater (`epoch`, `offset`, `others`) is valid: it was folded
further, and a worker that was presumed dead may have sent the other later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import replace

from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.calls.windows import WINDOWS, Window, WindowName
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.desks.line_witness import Witnessing
from streams.desks.service import Service
from streams.events import Answer, Outcome
from streams.insight.attendance import attendance
from streams.insight.losses import Losses, losses
from streams.insight.patience import giving_up
from streams.kept.record import position_of
from streams.kept.times import HOUR_MS, QUARTER_MS
from streams.questions.question import About, Question
from streams.tickets.ticket import CANCELLED, NO_SHOW, SERVED, TRANSFERRED
from streams.watch.guard import Guard, Reason
from streams.watch.incident import Standing, Verdict
from streams.watch.laws import Kind

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
Local: TypeAlias = Callable[[int], datetime]  # from a moment (epoch ms) to the local time

_ALL: Final = Meta(min_length=len(WINDOWS))


class CallWindow(Struct, frozen=True):
    """The calls that ended in a window; `mean_wait` is over answered and lost ones."""

    ended: int | None  # null if the line has readings only, which have no moments
    lost_rate: float | None
    service_level: float | None
    mean_wait: float | None


class TicketWindow(Struct, frozen=True):
    """The tickets first called in a window; `counters` called or served a visitor in it."""

    called: int
    mean_wait: float | None
    counters: int


class UsualHour(Struct, frozen=True):
    """The usual figures of a quarter of an hour: the expected calls, and the chance that one is lost."""

    offered: float
    lost_rate: float


class Ongoing(Struct, frozen=True, omit_defaults=True):
    """A current incident, its verdict, its beginning, and what opened it."""

    id: str
    verdict: Verdict
    kind: Kind
    status: Standing
    start: Moment = field(name="from")
    cause: str = ""


class Withheld(Struct, frozen=True):
    """Why a line's corrected figure is withheld, and since when, if known."""

    reason: Reason
    coverage: float
    since: Moment | None = None


class WitnessStatus(Struct, frozen=True):
    """The counts of a line's second record since the beginning, compared with the line's.

    `coverage` is the share of the line's calls that it covers, `unheard` the number of calls since its last event.
    """

    source: str
    offered: int
    answered: int
    lost: int
    matched: int
    only_here: int
    only_there: int
    contradicted: int
    coverage: float
    unheard: int


class AskedCall(Struct, frozen=True, omit_defaults=True):
    """A call that a person should look at, as it was counted; `answer` is missing until a person answers."""

    call: str
    at: Moment
    counted: Outcome
    answer: Answer | None = None


class OpenQuestion(Struct, frozen=True):
    """A question that waits for answers: a few calls, drawn because of a doubt, or regularly."""

    id: str
    about: About
    at: Moment
    calls: list[AskedCall]


class LineMonth(Struct, frozen=True, omit_defaults=True):
    """What a line's last month shows: where its losses came from, and its usual agents.

    `agents` are usually at work, by hour of the local week (Monday's first is 0); missing if they are unknown.
    """

    losses: Losses
    agents: dict[int, int] = {}


class LineStatus(Struct, frozen=True, kw_only=True, tag_field="of", tag="line", omit_defaults=True):
    """A line's figures `at` a moment; `open` says whether the office is.

    `target` is the maximum of the lost rate, `expected_lost_rate` the usual rate at this hour of the week. `withheld`
    is present while the line's corrected figure is not published, `witness` if it has a second record. `agents`,
    `to_call_back`, `usual` and `month` are missing if unknown, or if an earlier version wrote the record.
    """

    site: str
    line: str
    label: str
    at: Moment
    open: bool
    offered: int
    answered: int
    lost: int
    diverted: int
    unresolved: int
    waiting: int | None  # null if the line has outcomes or totals only
    longest_wait: float | None
    windows: Annotated[dict[WindowName, CallWindow], _ALL]
    target: float
    expected_lost_rate: float | None
    incidents: list[Ongoing]
    epoch: int
    offset: int
    others: int
    withheld: Withheld | UnsetType = UNSET
    witness: WitnessStatus | UnsetType = UNSET
    agents: int | None = None  # seen in this quarter of an hour and the one before; null if agents are never named
    to_call_back: int | None = None  # callers lost today and not reached since; null if callers are unknown
    usual: dict[int, UsualHour] = {}  # on this weekday, by local hour
    questions: list[OpenQuestion] = []
    month: LineMonth | None = None

    @property
    def id(self) -> str:
        """The line's id in topics, `site/line`."""
        return f"{self.site}/{self.line}"


class ServiceStatus(Struct, frozen=True, kw_only=True, tag_field="of", tag="service"):
    """A service's figures `at` a moment; `open` says whether the office is.

    `target_wait` is the maximum of the wait.
    """

    site: str
    service: str
    label: str
    at: Moment
    open: bool
    issued: int
    served: int
    no_show: int
    cancelled: int
    transferred: int
    waiting: int
    longest_wait: float | None
    windows: Annotated[dict[WindowName, TicketWindow], _ALL]
    target_wait: float | None
    epoch: int
    offset: int
    others: int

    @property
    def id(self) -> str:
        """The service's id in topics, `site/service`."""
        return f"{self.site}/{self.service}"


Status: TypeAlias = LineStatus | ServiceStatus


def services_status(parts: Sequence[ServiceStatus]) -> ServiceStatus:
    """Return the figures of services together, under the name of the first; the earliest moment is theirs."""
    counts = ("issued", "served", "no_show", "cancelled", "transferred", "waiting")
    longest = [each.longest_wait for each in parts if each.longest_wait is not None]
    return replace(
        parts[0],
        at=min(each.at for each in parts),
        longest_wait=max(longest, default=None),
        windows={name: _windows_together([each.windows[name] for each in parts]) for name in parts[0].windows},
        **{name: sum(getattr(each, name) for each in parts) for name in counts},
    )


def _windows_together(parts: Sequence[TicketWindow]) -> TicketWindow:
    """Return the sum of windows. Its mean wait is over all visitors who were called."""
    waits = [(each.called, each.mean_wait) for each in parts if each.mean_wait is not None]
    called = sum(count for count, _ in waits)
    mean = sum(count * wait for count, wait in waits) / called if called else None
    return TicketWindow(sum(each.called for each in parts), mean, sum(each.counters for each in parts))


def line_month(line: Line, target: float, local: Local) -> LineMonth | None:
    """Return the causes of a line's losses and its usual agents; None if no agent was ever seen.

    The call takes some milliseconds.
    """
    if not (staff := line.figures.staff().by_hour()):
        return None
    hours, impatience = line.figures.by_hour(), giving_up(line.figures.tallies())

    def week_hour(hour: int) -> int:
        at = local(hour * HOUR_MS)
        return at.weekday() * 24 + at.hour

    return LineMonth(losses(hours, staff, impatience, target), attendance(hours, staff, impatience, week_hour))


def line_status(
    line: Line, label: str, target: float, now: int, local: Local, month: LineMonth | None = None
) -> LineStatus:
    """Return the figures of a line at `now` (epoch ms), with the label and target of its configuration."""
    waits, watch, slot_no = line.figures.waiting(now), line.watch, now // QUARTER_MS
    figure = corrected_of(line)
    ongoing = watch.incidents.open(lambda incident: incident.status != "dismissed")
    return LineStatus(
        site=line.rules.site,
        line=line.name,
        label=label,
        at=local(now),
        open=line.rules.open(now),
        offered=line.state.offered,
        answered=line.figures.count(ANSWERED),
        lost=line.figures.count(LOST),
        diverted=line.figures.count(DIVERTED),
        unresolved=line.figures.unresolved(),
        waiting=len(waits) if line.rules.lifecycle == "full" else None,
        longest_wait=max(waits) / 1000 if waits else None,
        windows=_calls(line, now),
        target=target,
        expected_lost_rate=watch.slot_times.expected(watch.slot_times.of(slot_no)),
        **position_of(line.state)._asdict(),
        incidents=[
            Ongoing(each.id, each.verdict, each.kind, each.status, local(each.bounds()[0]), each.cause)
            for each in ongoing
        ],
        witness=UNSET if line.witness is None else _witness(line.witness.figures()),
        agents=line.figures.agents(now),
        to_call_back=line.figures.to_call_back(now),
        usual={
            hour: UsualHour(round(offered, 2), round(rate, 5))
            for hour, (offered, rate) in watch.slot_times.usual(slot_no).items()
        },
        withheld=UNSET if figure.guard is None else _withheld(figure.guard, figure.coverage, local),
        questions=[question_status(each, local) for each in watch.asking.open()],
        month=month,
    )


def question_status(question: Question, local: Local) -> OpenQuestion:
    """Return a question with its calls and the answers so far."""
    calls = [AskedCall(each.call, local(each.at), each.counted, each.answer) for each in question.calls]
    return OpenQuestion(question.id, question.about, local(question.at), calls)


def _witness(found: Witnessing) -> WitnessStatus:
    counts = found.told
    return WitnessStatus(
        found.source,
        counts.offered,
        counts.answered,
        counts.lost,
        found.matched,
        found.only_here,
        found.only_there,
        found.contradicted,
        round(found.coverage, 4),
        found.unheard,
    )


def _withheld(guard: Guard, coverage: float, local: Local) -> Withheld:
    return Withheld(guard.reason, round(coverage, 4), None if guard.since is None else local(guard.since))


def service_status(service: Service, label: str, now: int, local: Local, *, open: bool) -> ServiceStatus:  # noqa: A002 -- as the office is
    """Return the figures of a service at `now` (epoch ms); `open` says whether the office is."""
    waits, target = service.waiting(now), service.rules.target_wait
    return ServiceStatus(
        site=service.rules.site,
        service=service.name,
        label=label,
        at=local(now),
        open=open,
        issued=service.state.issued,
        served=service.count(SERVED),
        no_show=service.count(NO_SHOW),
        cancelled=service.count(CANCELLED),
        transferred=service.count(TRANSFERRED),
        waiting=len(waits),
        longest_wait=max(waits) / 1000 if waits else None,
        windows={window.name: _tickets(service, window, now) for window in WINDOWS},
        **position_of(service.state)._asdict(),
        target_wait=None if target is None else target / 1000,
    )


def _calls(line: Line, now: int) -> dict[WindowName, CallWindow]:
    if line.reported is not None:
        return {window.name: CallWindow(None, None, None, None) for window in WINDOWS}
    return {
        name: CallWindow(tally.ended, tally.lost_rate, tally.service_level, _seconds(tally.waits().mean()))
        for name, tally in line.figures.windows(now).items()
    }


def _tickets(service: Service, window: Window, now: int) -> TicketWindow:
    waits = service.window(window, now).waits
    return TicketWindow(waits.count, _seconds(waits.mean()), service.open_counters(window, now))


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 3)
