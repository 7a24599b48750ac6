"""What Prometheus scrapes: the owned lines, services and channels at the moment of the scrape, and the pipeline.

Nothing is counted here: every number comes from the state, so it is right after a restart. A scrape only reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.catalogue import times
from agents.metrics import catalogue, channels, depth, incidents, lines, services, witness
from agents.worker.checkpoint import Checkpoint
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.progress import Progress
from agents.worker.surroundings import Surroundings
from config.settings import Settings
from streams.kept.mark import RESULTS


class Figures(Collector):
    """Collect the figures of the lines, services and channels that this worker owns now, and of its pipeline."""

    def __init__(
        self,
        settings: Settings,
        ownership: Ownership,
        progress: Progress,
        checkpoint: Checkpoint,
        liveness: Liveness,
        around: Surroundings,
    ) -> None:
        self._settings = settings
        self._open = times(settings).open
        self._targets = {name: line.target for name, line in settings.lines.items()}
        self._ownership = ownership
        self._progress = progress
        self._checkpoint = checkpoint
        self._liveness = liveness
        self._around = around

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family of the worker."""
        now, partitions = self._progress.now(), self._ownership.partitions.values()
        owned_lines = [line for owned in partitions for line in owned.lines.values()]
        owned_services = [service for owned in partitions for service in owned.services.values()]
        owned_channels = [channel for owned in partitions for channel in owned.channels.values()]
        yield from catalogue.families(
            self._settings,
            [line.name for line in owned_lines],
            [service.name for service in owned_services],
            [channel.name for channel in owned_channels],
            opened=self._open(now),
        )
        yield from lines.families(owned_lines, now)
        yield from depth.families(owned_lines, self._targets, now)
        yield from incidents.families(owned_lines, now)
        yield from witness.families(owned_lines)
        yield from services.families(owned_services, now)
        yield from channels.families(owned_channels, now)
        yield from self._pipeline()

    def describe(self) -> Iterable[Metric]:
        """Return nothing, so that a registry does not collect once just to know the names."""
        return ()

    def _pipeline(self) -> Iterator[Metric]:
        events = CounterMetricFamily(
            "tocsin_events", "Records of an input topic by what became of them.", labels=("topic", "result")
        )
        sources: dict[str, int] = {}
        for name, topic in self._ownership.topics.items():
            intakes = [owned.intakes[name] for owned in self._ownership.partitions.values()]
            results = [intake.results() for intake in intakes]
            for index, result in enumerate(RESULTS):
                events.add_metric((topic, result), sum(counts[index] for counts in results))
            events.add_metric((topic, "invalid"), sum(intake.rejected() for intake in intakes))
            for intake in intakes:
                for source, at in intake.state.sources.items():
                    sources[source] = max(at, sources.get(source, 0))
        yield events

        last = GaugeMetricFamily(
            "tocsin_source_last_event_timestamp_seconds",
            "Time of a source's latest event.",
            labels=("source",),
        )
        for source, at in sources.items():
            last.add_metric((source,), at / 1000)
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
        lag = GaugeMetricFamily("tocsin_consumer_lag", "Records still to be folded.", labels=("topic", "partition"))
        for tp, records in self._progress.lag().items():
            lag.add_metric((tp.topic, str(tp.partition)), records)
        yield lag
