"""The prefecture of Lozère in 2013, simulated to reproduce its published figures.

The figures are in the minutes of its users' committee of 4 November 2014. The minutes give no volumes: those here are
typical of a small prefecture. The line circulation lost 19.56 % as counted while the counting software was out of
order. Here it truly lost 1.90 %; the other calls counted as lost are answered calls that were flagged as lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from heapq import merge
from typing import Final

from msgspec import Struct

from streams.events import Event, Mode, milliseconds
from streams.simulation.calibration import CalibratedWorld, with_told_rate
from streams.simulation.faults.fault import Fault
from streams.simulation.office import LineProfile, Office, OfficeDay
from streams.simulation.requests import ChannelProfile, request_events
from streams.simulation.simulate import play
from streams.simulation.survey import PanelSurvey
from streams.simulation.visits import ServiceProfile, ticket_events

PUBLISHED_YEAR: Final = 2013
SEED: Final = 1
READING_EVERY: Final = 3600.0  # seconds
MECHANISM: Final = "answered-as-lost"  # of the fault


class OutOfOrder(Struct, frozen=True, kw_only=True):
    """Counting software that flags some answered calls of a line as lost, until the end of a period."""

    line: str
    since: date
    lost: float  # the counted lost rate over the whole period


class LozerePeriod(Struct, frozen=True, kw_only=True):
    """A period at the prefecture."""

    first: date
    last: date  # included
    lines: tuple[LineProfile, ...] = ()
    readings: Mode | None = None
    fault: OutOfOrder | None = None
    services: tuple[ServiceProfile, ...] = ()
    channels: tuple[ChannelProfile, ...] = ()
    seed: int = SEED

    @property
    def year(self) -> int:
        return self.first.year


PERIODS: Final = (
    LozerePeriod(  # for comparison
        first=date(2012, 1, 1),
        last=date(2012, 12, 31),
        channels=(ChannelProfile(channel="complaint", received=15, mean=6.33),),
    ),
    LozerePeriod(
        first=date(2013, 1, 1),
        last=date(2013, 12, 31),
        lines=(
            LineProfile(line="standard", calls_a_day=64.0, expected_lost_rate=0.0019),
            LineProfile(line="circulation", calls_a_day=44.0, expected_lost_rate=0.0190),
            LineProfile(line="cni-passeport", calls_a_day=33.0, expected_lost_rate=0.0404),
            LineProfile(line="etrangers", calls_a_day=24.0, expected_lost_rate=0.0704),
        ),
        readings="cumulative",
        fault=OutOfOrder(line="circulation", since=date(2013, 6, 3), lost=0.1956),
        services=(ServiceProfile(service="cartes-grises", visitors_a_day=45.0, counters=2, time_in_service=8.70 * 60),),
        channels=(
            ChannelProfile(
                channel="email",
                received=1_400,
                mean=1.91,
                days="working",
                deadline=5,
                in_time=0.9286,
                pending=6,
                round_the_clock=True,
            ),
            ChannelProfile(  # the minutes give no mean
                channel="letter",
                received=590,
                mean=13.2,
                days="working",
                deadline=15,
                in_time=0.7288,
                pending=25,
            ),
            ChannelProfile(channel="complaint", received=12, mean=4.33),
            ChannelProfile(channel="im341", received=2_900, mean=2.91, ends="delivered"),
            ChannelProfile(channel="im342", received=2_300, mean=1.5, ends="delivered"),
            ChannelProfile(channel="im344", received=3_400, mean=2.49, ends="delivered"),
            ChannelProfile(channel="im361", received=1_900, mean=4.06, ends="delivered"),
        ),
    ),
    LozerePeriod(  # for comparison, with working software; the lines that the minutes do not mention only have outcomes
        first=date(2014, 1, 1),
        last=date(2014, 9, 30),
        lines=(
            LineProfile(line="standard", calls_a_day=64.0, expected_lost_rate=0.0019, lifecycle="final"),
            LineProfile(line="circulation", calls_a_day=44.0, expected_lost_rate=0.0187, source="switch-2014"),
            LineProfile(line="cni-passeport", calls_a_day=33.0, expected_lost_rate=0.0404, lifecycle="final"),
            LineProfile(line="etrangers", calls_a_day=24.0, expected_lost_rate=0.0704, lifecycle="final"),
        ),
        seed=2,  # with the first seed, no caller hangs up early from December to January, which looks like a miscount
    ),
)
SURVEY: Final = PanelSurvey(
    first=date(2014, 6, 2),
    days=26,
    panel=150,
    satisfied={
        "Accueil à la préfecture": 150,
        "Amabilité des agents": 149,
        "Clarté des réponses": 148,
        "Horaires d'ouverture": 148,
        "Délai d'attente": 147,
    },
)

# The figures of the minutes, by indicator: shares in %, delays in days, time at the counter in minutes.
PUBLISHED: Final = {
    "lost_rate:standard": "0.19",
    "lost_rate:circulation": "19.56",
    "lost_rate:cni-passeport": "4.04",
    "lost_rate:etrangers": "7.04",
    "within_target:email": "92.86",
    "mean_days:email": "1.91",
    "within_target:letter": "72.88",
    "mean_days:im344": "2.49",
    "mean_days:im361": "4.06",
    "mean_days:im342": "1.5",
    "mean_days:im341": "2.91",
    "time_in_service:cartes-grises": "8.70",
    "mean_days:complaint": "4.33",
}
PUBLISHED_BEFORE: Final = {"mean_days:complaint": "6.33"}  # of 2012
PUBLISHED_AFTER: Final = {"lost_rate:circulation": "1.87"}  # of the first three quarters of 2014


def period_events(period: LozerePeriod, days: Sequence[OfficeDay], site: str) -> Iterator[Event]:
    """Yield every event of a period, in order; `days` are its days."""
    sources: list[Iterable[Event]] = [
        *(ticket_events(service, days, site, period.seed) for service in period.services),
        *(request_events(channel, days, site, period.seed) for channel in period.channels),
    ]
    if period.lines:
        office = Office(site=site, lines=period.lines, readings=period.readings, reading_every=READING_EVERY)
        world = CalibratedWorld(office, days, period.seed)
        sources.append(play(world, _faults(world, period.fault))[0])
    return merge(*sources, key=lambda event: milliseconds(event.at))


def _faults(world: CalibratedWorld, fault: OutOfOrder | None) -> list[Fault]:
    if fault is None:
        return []
    start = next(day.start for day in world.days if day.date == fault.since)
    from_then_on = Fault(line=fault.line, mechanism=MECHANISM, start=start, end=world.days[-1].end, severity=0.0)
    return [with_told_rate(world, from_then_on, fault.lost)]
