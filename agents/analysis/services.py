"""The counters in an analysis: their services' figures, and the polls that they are estimated from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.language import Language
from agents.shape import CorrectedService, ServiceFigures, corrected_service
from streams.cases.reported import PeopleTotal, ReportedCasesState
from streams.desks.service import Service
from streams.indicators.cases import dated, no_baseline, reported_means, service_means
from streams.indicators.wait import NO_WAIT, Wait
from streams.ledger.sums import whole
from streams.tickets.polls import PolledQueue

# Neither polls nor readings show how each visit went.
_UNKNOWN: Final[Mapping[str, None]] = dict.fromkeys(
    ("not_called", "cancelled", "transferred", "no_show_rate", "time_in_service")
)


class PollsReport(Struct, frozen=True):
    """The polls of a queue from which a service's tickets are estimated."""

    read: int
    interval: float | None  # the median, s: the resolution of the estimates
    unseen: int  # tickets not seen from issue to call
    blank: int  # polls that showed no number
    gaps: int  # intervals too long to estimate in
    fell: int  # polls that show fewer people waiting without a call
    open_counters: float | None  # on average


class ServiceReport(Struct, frozen=True):
    """A service's figures; for estimates, the ones that need the end of a visit are null."""

    issued: int
    served: int | None
    no_show: int | None
    not_called: int | None  # on a day that is over
    cancelled: int | None
    transferred: int | None
    no_show_rate: float | None
    wait: Wait
    time_in_service: Wait | None
    within_target: float | None
    anomalies: dict[str, int]
    estimated: bool
    raw: ServiceFigures
    corrected: CorrectedService
    polls: PollsReport | UnsetType = UNSET


def service_report(
    service: Service, queue: PolledQueue | None, zone: ZoneInfo, language: Language, *, estimated: bool
) -> ServiceReport:
    """Return a service's figures; `queue` has the polls that its tickets are estimated from, if it was polled."""
    visits, watch = service.total(), service.state.watch
    wait, time = Wait.of(visits.waits), Wait.of(visits.times_in_service)
    days = whole([*service.ledger.book.done, *service.days()])
    means = service_means(days, watch.incidents, dated(service.rules.day), no_baseline(days))
    figures = ServiceReport(
        issued=visits.issued,
        served=visits.served,
        no_show=visits.no_show,
        not_called=visits.open,
        cancelled=visits.cancelled,
        transferred=visits.transferred,
        no_show_rate=visits.no_show_rate,
        wait=wait,
        time_in_service=time,
        within_target=visits.within_target,
        anomalies=visits.anomalies,
        estimated=estimated,
        raw=ServiceFigures(wait.mean, time.mean, visits.no_show),
        corrected=corrected_service(means, zone, language),
        polls=UNSET if queue is None else _polls(queue),
    )
    if service.state.reported is not None and not visits.issued:
        return _by_readings(figures, service, service.state.reported, zone, language)
    if not figures.estimated:
        return figures
    return replace(  # polls show no end of a visit
        figures,
        **_UNKNOWN,
        served=None,
        no_show=None,
        raw=replace(figures.raw, mean_service=None, no_show=None),
        corrected=replace(figures.corrected, mean_service=None, no_show=None),
    )


def _by_readings(
    figures: ServiceReport, service: Service, readings: ReportedCasesState, zone: ZoneInfo, language: Language
) -> ServiceReport:
    """Return the figures of a service that is known by its readings alone."""
    issued, served, no_show = (readings.total(name) for name in get_args(PeopleTotal))
    means = reported_means(readings, service.state.watch.incidents, dated(service.rules.day))
    return replace(
        figures,
        **_UNKNOWN,
        issued=issued or 0,
        served=served,
        no_show=no_show,
        wait=replace(NO_WAIT, mean=readings.mean_wait),
        raw=ServiceFigures(readings.mean_wait, None, no_show),
        corrected=corrected_service(means, zone, language),
    )


def _polls(queue: PolledQueue) -> PollsReport:
    return PollsReport(
        read=queue.polls,
        interval=queue.interval(),
        unseen=queue.unseen + len(queue.open),
        blank=queue.blank,
        gaps=queue.gaps,
        fell=queue.fell,
        open_counters=queue.open_counters(),
    )
