"""The worker's metrics for Prometheus: its desks at the moment of the scrape, and its pipeline.

A scrape only reads: every number comes from the states, so it is right after a restart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics import catalogue
from agents.metrics.subjects import kinds
from agents.metrics.written import Encoder, Page, Written
from agents.worker.checkpoint import Checkpoint
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.roster import Roster
from agents.worker.steps import Steps
from agents.worker.surroundings import Surroundings
from streams.desks.channel import Channel
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.mark import RESULTS

D = TypeVar("D")

PREPARE_SECONDS: Final = 0.7  # of each second


class Figures:
    """The metrics of this worker's lines, services and channels, and of its pipeline."""

    def __init__(
        self,
        roster: Roster,
        ownership: Ownership,
        progress: Progress,
        checkpoint: Checkpoint,
        liveness: Liveness,
        around: Surroundings,
    ) -> None:
        self._roster = roster
        self._written = kinds(lambda site: roster.office(site).settings)
        self._ownership = ownership
        self._progress = progress
        self._checkpoint = checkpoint
        self._liveness = liveness
        self._around = around
        self._prepared = -1  # the rebalance after which every desk has a text

    async def exposition(self, encode: Encoder) -> Iterator[bytes]:
        """Return every metric family of the worker as of now, in the format of `encode`, piece by piece.

        It runs in the worker's event loop in small steps, so that events are folded in between. All figures of
        a desk are of one moment, and include every event that `tocsin_events_total` counts.
        """
        rebalances, written, pipeline = None, self._written, list[Metric]()
        while rebalances != self._ownership.rebalances:  # otherwise it might include another worker's desks
            rebalances = self._ownership.rebalances
            pipeline = list(self.pipeline())  # before the desks, which may change meanwhile
            lines, services, channels, desks = self._shown()
            await self._refresh(written.lines, lines)
            await self._refresh(written.services, services)
            await self._refresh(written.channels, channels)
            await self._refresh(written.desks, desks)
        now, sites = self._progress.now(), sorted({each.rules.site for each in desks})
        offices = {site: self._roster.office(site) for site in sites or self._roster.offices.sites}
        pages = (
            written.lines.pages(lines, encode),
            written.services.pages(services, encode),
            written.channels.pages(channels, encode),
            written.desks.pages(desks, encode),
        )
        await asyncio.sleep(0)  # a ministry's thousand offices are a step of their own
        opened = {site: office.times.open(now) for site, office in offices.items()}
        of_sites = catalogue.site_families({site: office.settings for site, office in offices.items()}, opened)
        return chain(*pages, map(encode, [Page((*of_sites, *pipeline))]))

    async def prepare(self) -> None:
        """Write desks that have no text yet, for `PREPARE_SECONDS` at most.

        The worker calls it while nothing is left to fold. Otherwise the first scrape of ten thousand lines would take
        longer than Prometheus waits.
        """
        rebalances, steps, ends = self._ownership.rebalances, Steps(), time.monotonic() + PREPARE_SECONDS
        if self._prepared == rebalances or not self._ownership.shows_all:
            return
        now = self._progress.now()
        kinds: zip[tuple[Written[Any], Sequence[Any]]] = zip(self._written, self._shown(), strict=True)
        for written, desks in kinds:
            for desk in filter(written.lacks, desks):
                written.refresh(desk, now)
                if await steps.pause():
                    if self._ownership.rebalances != rebalances or time.monotonic() > ends:
                        return
                    now = self._progress.now()
        self._prepared = rebalances

    def _shown(self) -> tuple[list[Line], list[Service], list[Channel], list[Desk]]:
        """Return the desks to show by kind, then all of them, as `Kinds` has their texts."""
        shown = self._ownership.shown().values()
        lines = [line for partition in shown for line in partition.lines.values()]
        services = [service for partition in shown for service in partition.services.values()]
        channels = [channel for partition in shown for channel in partition.channels.values()]
        return lines, services, channels, [*lines, *services, *channels]

    async def _refresh(self, written: Written[D], desks: Sequence[D]) -> None:
        """Write changed desks again; stop if a rebalance begins."""
        rebalances, steps, now = self._ownership.rebalances, Steps(), self._progress.now()
        written.keep(desks)
        for desk in desks:
            written.refresh(desk, now)
            if await steps.pause():
                if self._ownership.rebalances != rebalances:
                    return
                now = self._progress.now()

    def pipeline(self) -> Iterator[Metric]:
        """Yield the metric families of the worker itself."""
        events = CounterMetricFamily(
            "tocsin_events", "Records of an input topic by result.", labels=("topic", "result")
        )
        sources: dict[tuple[str, str], int] = {}
        for name, topic in self._ownership.topics.items():
            intakes = [partition.intakes[name] for partition in self._ownership.shown().values()]
            results = [intake.results() for intake in intakes]
            if self._ownership.shows_all:
                for index, result in enumerate(RESULTS):
                    events.add_metric((topic, result), sum(counts[index] for counts in results))
                events.add_metric((topic, "invalid"), sum(intake.rejected() for intake in intakes))
            for intake in intakes:
                for known, at in intake.state.sources.items():
                    site, _, source = known.partition("/")
                    sources[site, source] = max(at, sources.get((site, source), 0))
        yield events

        last = GaugeMetricFamily(
            "tocsin_source_last_event_timestamp_seconds",
            "Time of a source's latest event.",
            labels=("site", "source"),
        )
        for label, at in sources.items():
            last.add_metric(label, at / 1000)
        yield last

        yield GaugeMetricFamily(
            "tocsin_progress_age_seconds",
            "Time since the worker last folded a record or had none to fold.",
            self._liveness.age(time.monotonic()),
        )
        yield GaugeMetricFamily(
            "tocsin_checkpoint_age_seconds", "Time since the last checkpoint.", self._checkpoint.age()
        )
        unread = self._ownership.unread.values()
        yield GaugeMetricFamily(
            "tocsin_states_refused",
            "Lines, services and channels that are not folded because their state cannot be read.",
            sum(each.refused for each in unread),
        )
        yield GaugeMetricFamily(
            "tocsin_states_mended",
            "Unreadable states repaired since the rebalance, from the previous record or from the beginning.",
            sum(not each.refused for each in unread),
        )
        yield GaugeMetricFamily(
            "tocsin_partitions_unread", "Partitions of input topics that no worker reads.", self._around.unread
        )
        yield GaugeMetricFamily(
            "tocsin_catalogues",
            "Different catalogues used by the workers of this group; more than one is an error.",
            len(self._around.catalogues),
        )
        info = GaugeMetricFamily(
            "tocsin_catalogue_info", "The catalogue of a nation's worker, with its number of sites.", labels=("digest",)
        )
        if self._roster.offices.nation is not None:
            info.add_metric((self._roster.digest,), len(self._roster.offices.sites))
        yield info
        yield GaugeMetricFamily(
            "tocsin_catalogue_refused",
            "Whether the offices' files are unusable, so that the previous ones are still in use: 0 or 1.",
            self._roster.trouble is not None,
        )
        lag = GaugeMetricFamily("tocsin_consumer_lag", "Records still to be folded.", labels=("topic", "partition"))
        for tp, records in self._progress.lag().items():
            lag.add_metric((tp.topic, str(tp.partition)), records)
        yield lag
