"""The counters in an analysis: their services' figures, and the polls that they are estimated from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.language import Language
from agents.shape import CorrectedService, ServiceFigures, corrected_service
from streams.cases.reported import PeopleTotal, ReportedCasesState
from streams.desks.service import Service
from streams.indicators.cases import CaseDays, dated, no_baseline, reported_means, services_means
from streams.indicators.service import BookedVisits
from streams.indicators.wait import NO_WAIT, Wait
from streams.ledger.day import ServiceDay
from streams.ledger.sums import whole
from streams.tickets.polls import PolledQueue
from streams.tickets.visits import Visits

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
    unticketed: int = 0  # of the served, those without a ticket
    booked: BookedVisits | UnsetType = UNSET  # if any ticket names an appointment
    polls: PollsReport | UnsetType = UNSET
    parts: tuple[str, ...] | UnsetType = UNSET  # of a sum: the short ids of its services


def service_report(
    service: Service, queue: PolledQueue | None, zone: ZoneInfo, language: Language, *, estimated: bool
) -> ServiceReport:
    """Return a service's figures; `queue` has the polls that its tickets are estimated from, if it was polled."""
    figures = _report([service], zone, language, estimated=estimated)
    if queue is not None:
        figures = replace(figures, polls=_polls(queue))
    if service.state.reported is not None and not figures.issued:
        return _by_readings(figures, service, service.state.reported, zone, language)
    return figures


def services_report(
    parts: Mapping[str, Service], target_wait: float | None, zone: ZoneInfo, language: Language, *, estimated: bool
) -> ServiceReport:
    """Return the figures of services together; the share in time is known if they all have the same target (s)."""
    figures = _report([*parts.values()], zone, language, estimated=estimated)
    target = None if target_wait is None else round(target_wait * 1000)
    alike = all(each.rules.target_wait == target for each in parts.values())
    return replace(figures, within_target=figures.within_target if alike else None, parts=tuple(parts))


def _report(services: Sequence[Service], zone: ZoneInfo, language: Language, *, estimated: bool) -> ServiceReport:
    """Return the figures of the tickets of one service, or of several together."""
    visits, parts = Visits(), list[CaseDays[ServiceDay]]()
    for service in services:
        visits.merge(service.total())
        days = whole([*service.ledger.book.done, *service.days()])
        parts.append(CaseDays(days, service.state.watch.incidents, no_baseline(days)))
    wait, time = Wait.of(visits.waits), Wait.of(visits.times_in_service)
    means = services_means(parts, dated(services[0].rules.day))
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
        unticketed=sum(slot.unticketed for part in parts for day in part.days for slot in day.slots.values()),
        booked=BookedVisits.of([day for part in parts for day in part.days]) or UNSET,
    )
    if not estimated:
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
