"""Bytewax, with each line's figures in a stateful step; without a recovery store, so it stores nothing."""

from __future__ import annotations

import bytewax.operators as op
import msgspec
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main

from benchmarks.hot_path.asked import asked
from benchmarks.hot_path.figures import Figures, begun, count, summary
from benchmarks.hot_path.stopwatch import Stopwatch, tell


class Event(msgspec.Struct):
    """The fields that are counted; no decoder is faster."""

    type: str
    at: float
    wait: float | None = None


DECODE = msgspec.json.Decoder(Event).decode
LATEST: dict[str, Figures] = {}
SEEN = Stopwatch()


class Shown(StatelessSinkPartition[tuple[str, Figures]]):  # type: ignore[misc]  # it is not installed here
    """A sink that keeps the latest figures of each line."""

    def write_batch(self, items: list[tuple[str, Figures]]) -> None:
        """Take a batch of the previous step."""
        LATEST.update(items)
        SEEN.stop()


class Show(DynamicSink[tuple[str, Figures]]):  # type: ignore[misc]  # the same
    """A sink that shows figures."""

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> Shown:
        """Return one worker's sink."""
        return Shown()


def decoded(message: KafkaSourceMessage[bytes, bytes]) -> tuple[str, Event]:
    SEEN.start()
    return message.key.decode(), DECODE(message.value)


def folded(figures: Figures | None, event: Event) -> tuple[Figures, Figures]:
    figures = count(figures or begun(), event.type, event.at, event.wait)
    return figures, figures


def main() -> None:
    told, flow = asked(), Dataflow("calls")
    records = op.input("read", flow, KafkaSource([told.broker], told.topics, tail=False))
    figures = op.stateful_map("count", op.map("decode", records, decoded), folded)
    op.output("show", figures, Show())
    run_main(flow)
    shown = {key: summary(each) for key, each in LATEST.items()}
    tell(SEEN, sum(sum(each["totals"].values()) for each in shown.values()), shown)


if __name__ == "__main__":
    main()
