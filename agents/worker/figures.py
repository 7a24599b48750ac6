"""What Prometheus scrapes: the owned lines, services and channels at the moment of the scrape, and the pipeline.

Nothing is counted here: every number comes from the state, so it is right after a restart. A scrape only reads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics import catalogue
from agents.metrics.subjects import kinds
from agents.metrics.written import Encoder, Page, Written
from agents.worker.checkpoint import Checkpoint
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.progress import STEP_SECONDS, Progress
from agents.worker.roster import Roster
from agents.worker.surroundings import Surroundings
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.kept.mark import RESULTS

D = TypeVar("D")


class Figures:
    """Write the figures of the lines, services and channels that this worker owns now, and of its pipeline."""

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

    async def exposition(self, encode: Encoder) -> list[bytes]:
        """Return every metric family of the worker, in the format of `encode`, as pages that follow each other.

        It is written in the worker's loop, as the states are folded there: step by step, and events are folded in
        between. Each desk is as it was at one moment.
        """
        rebalances, written = None, self._written
        while rebalances != self._ownership.rebalances:  # else another worker's desks would be among them
            rebalances = self._ownership.rebalances
            owned = list(self._ownership.partitions.values())
            lines = [line for partition in owned for line in partition.lines.values()]
            services = [service for partition in owned for service in partition.services.values()]
            channels = [channel for partition in owned for channel in partition.channels.values()]
            await self._refresh(written.lines, lines)
            await self._refresh(written.services, services)
            await self._refresh(written.channels, channels)
        desks: list[Line | Service | Channel] = [*lines, *services, *channels]
        now, sites = self._progress.now(), sorted({each.rules.site for each in desks})
        offices = {site: self._roster.office(site) for site in sites or self._roster.offices.sites}
        opened = {site: office.times.open(now) for site, office in offices.items()}
        of_sites = catalogue.site_families({site: office.settings for site, office in offices.items()}, opened)
        last = encode(Page((*of_sites, *self.pipeline())))
        put_together = chain(
            written.lines.pages(lines, encode),
            written.services.pages(services, encode),
            written.channels.pages(channels, encode),
        )
        pages, begun = [], time.monotonic()
        for page in put_together:
            pages.append(page)
            if time.monotonic() - begun > STEP_SECONDS:
                await asyncio.sleep(0)
                begun = time.monotonic()
        return [*pages, last]

    async def _refresh(self, written: Written[D], desks: Sequence[D]) -> None:
        """Write anew what changed, unless the desks change hands meanwhile."""
        rebalances, begun, now = self._ownership.rebalances, time.monotonic(), self._progress.now()
        written.keep(desks)
        for desk in desks:
            written.refresh(desk, now)
            if time.monotonic() - begun > STEP_SECONDS:
                await asyncio.sleep(0)
                if self._ownership.rebalances != rebalances:
                    return
                begun, now = time.monotonic(), self._progress.now()

    def pipeline(self) -> Iterator[Metric]:
        """Yield the metric families of the worker itself."""
        events = CounterMetricFamily(
            "tocsin_events", "Records of an input topic by what became of them.", labels=("topic", "result")
        )
        sources: dict[tuple[str, str], int] = {}
        for name, topic in self._ownership.topics.items():
            intakes = [owned.intakes[name] for owned in self._ownership.partitions.values()]
            results = [intake.results() for intake in intakes]
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
            "Time since something was folded, or there was nothing to fold.",
            self._liveness.age(time.monotonic()),
        )
        yield GaugeMetricFamily(
            "tocsin_checkpoint_age_seconds", "Time since the last checkpoint.", self._checkpoint.age()
        )
        unread = self._ownership.unread.values()
        yield GaugeMetricFamily(
            "tocsin_states_refused",
            "Lines, services and channels that are not folded, as their state cannot be read.",
            sum(each.refused for each in unread),
        )
        yield GaugeMetricFamily(
            "tocsin_states_mended",
            "States that could not be read and were taken from the record before, or begun anew, since the rebalance.",
            sum(not each.refused for each in unread),
        )
        yield GaugeMetricFamily(
            "tocsin_partitions_unread", "Partitions of the topics that no worker reads.", self._around.unread
        )
        yield GaugeMetricFamily(
            "tocsin_catalogues",
            "Catalogues by which the workers of this group count; more than one is a mistake.",
            len(self._around.catalogues),
        )
        info = GaugeMetricFamily(
            "tocsin_catalogue_info", "By which catalogue a nation's worker counts: its sites.", labels=("digest",)
        )
        if self._roster.offices.nation is not None:
            info.add_metric((self._roster.digest,), len(self._roster.offices.sites))
        yield info
        yield GaugeMetricFamily(
            "tocsin_catalogue_refused",
            "Whether the offices' files cannot be used, and they are counted as before: 0 or 1.",
            self._roster.trouble is not None,
        )
        lag = GaugeMetricFamily("tocsin_consumer_lag", "Records still to be folded.", labels=("topic", "partition"))
        for tp, records in self._progress.lag().items():
            lag.add_metric((tp.topic, str(tp.partition)), records)
        yield lag
