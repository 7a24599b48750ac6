"""The worker: a Faust app that folds the calls, their witnesses, tickets, readings, requests and reviews it owns.

Follow one event: Kafka -> `batches` (a fetch is one event) -> `_fold` here -> `Intake.take` -> `Line.fold`,
`Line.bear`, `Line.read`, `Line.review`, `Service.fold` or `Channel.fold` -> figures that `metrics` reads when
scraped -> `Checkpoint.write`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

import faust
import msgspec
import structlog
from aiohttp import web
from faust.streams import Stream
from faust.tables.manager import TableManager
from faust.types import TP, EventT, StreamT, TableT, TopicT
from mode import CrashingSupervisor

from agents.catalogue import catalogue
from agents.dialling import numbers_of
from agents.kafka.client import KafkaError, Topic, faust_options, partition_of, topic
from agents.kafka.reading import nothing_between
from agents.kafka.topics import topic_id
from agents.state import state_dir
from agents.worker import unread
from agents.worker.assignor import assignor_of
from agents.worker.batches import batches_of
from agents.worker.changes import IncidentChanges
from agents.worker.checkpoint import Checkpoint, Outgoing
from agents.worker.continuity import Continuity, Gap
from agents.worker.fetching import fetch_from_state, refused
from agents.worker.figures import Figures
from agents.worker.health import Health, no_checkpoint
from agents.worker.liveness import Liveness, watch
from agents.worker.ownership import Ownership
from agents.worker.pages import worker_pages
from agents.worker.progress import PASS_SECONDS, Progress
from agents.worker.status import PUBLISH_SECONDS, Statuses
from agents.worker.surroundings import Surroundings, client_name
from config.settings import Settings
from streams.events import TicketEvent
from streams.feed import Feed, RecreatedError
from streams.partition import Input

log = structlog.get_logger()

INPUT_TOPICS: Final[Mapping[Input, Topic]] = {
    "calls": Topic.CALL_ATTEMPTS,
    "tickets": Topic.COUNTER_TICKETS,
    "readings": Topic.LINE_READINGS,
    "requests": Topic.REQUESTS,
    "reviews": Topic.REVIEWS,
    "witnesses": Topic.CALL_WITNESSES,
}
LAYOUT_SECONDS: Final = 5.0  # between looks at the topics: a worker that joined before it could read them owns nothing
MAX_WAITING_BATCHES = 4  # each up to a fetch of 1 MiB a partition: a backlog must not fill the memory


class Work(NamedTuple):
    """Hold a worker: its Faust app, and what its process shows and watches of it."""

    app: faust.App
    pages: web.Application
    health: Health
    checkpoint: Checkpoint
    failures: Sequence[Callable[[], Coroutine[Any, Any, str]]]  # each returns in words why the worker cannot go on


def create(settings: Settings) -> Work:
    """Return a worker that has not started yet."""
    inputs = {name: topic(settings, which) for name, which in INPUT_TOPICS.items()}
    app = _app(settings, batched=frozenset(inputs.values()))
    ownership = Ownership(catalogue(settings), inputs)
    liveness = Liveness(time.monotonic())
    progress = Progress(settings, ownership, liveness, app)
    continuity = Continuity(app)
    checkpoint = Checkpoint(
        ownership,
        _table(app, settings, ownership),
        settings.checkpoint.events,
        IncidentChanges(ownership, ZoneInfo(settings.timezone)),
        incidents=app.topic(topic(settings, Topic.INCIDENTS)),
        ledger=app.topic(topic(settings, Topic.LEDGER)),
        letters=app.topic(topic(settings, Topic.DEAD_LETTERS)),
        numbers=numbers_of(settings),
    )
    around = Surroundings(settings, app.conf.id, inputs | {"state": topic(settings, Topic.STATE)})
    figures = Figures(settings, ownership, progress, checkpoint, liveness, around)
    health = Health(
        lambda: ownership.trouble, liveness.wrong, partial(no_checkpoint, settings, checkpoint), around.trouble
    )

    _follow_group(app, settings, ownership, checkpoint)
    fetch_from_state(app, ownership.positions)
    for name in inputs:
        _fold(app, settings, name, ownership, checkpoint, continuity)
    app.task(around.watch)
    _repeat(app, settings, checkpoint, progress, liveness, Statuses(settings, ownership, progress.now))
    return Work(
        app,
        worker_pages(settings.board.hosts, figures, progress, checkpoint, liveness, health, ownership, around),
        health,
        checkpoint,
        [
            partial(_stands_still, app, settings, ownership, progress, continuity, liveness),
            partial(refused, app, settings),
        ],
    )


def _app(settings: Settings, batched: frozenset[str]) -> faust.App:
    return faust.App(
        f"{settings.kafka.prefix}worker",
        **faust_options(settings),
        ConsumerScheduler=batches_of(batched),
        PartitionAssignor=assignor_of(settings.kafka.partitions),
        broker_client_id=client_name(settings),
        broker_heartbeat_interval=2.0,
        broker_session_timeout=6.0,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=int(LAYOUT_SECONDS * 1000),
        datadir=state_dir() / "faust",
        key_serializer="raw",
        producer_compression_type="gzip",  # the ledger and the live figures are texts
        processing_guarantee="at_least_once",
        store="memory://",
        stream_buffer_maxsize=MAX_WAITING_BATCHES,
        # Batches wait for their checkpoint; a rebalance must not wait for them.
        stream_wait_empty=False,
        table_standby_replicas=0,
        topic_allow_declare=False,  # `tocsin topics` creates them all, as they must be
        topic_disable_leader=True,
        topic_partitions=settings.kafka.partitions,
        value_serializer="raw",
        web_enabled=False,
    )


def _table(app: faust.App, settings: Settings, ownership: Ownership) -> TableT[bytes, bytes]:
    """Return the table whose changelog keeps the states; a record that is read back from it is given to `ownership`."""

    async def restore(event: EventT[Any]) -> None:
        message = event.message
        if message.key is not None:
            ownership.restore(message.partition, message.key, message.value, message.offset)

    return app.Table(
        "state",
        key_type=bytes,
        value_type=bytes,
        partitions=settings.kafka.partitions,
        on_changelog_event=restore,
    )


def _follow_group(app: faust.App, settings: Settings, ownership: Ownership, checkpoint: Checkpoint) -> None:
    """Keep in step with the partitions that the group gives and takes."""

    @app.on_partitions_revoked.connect
    async def revoked(*_: object, **__: object) -> None:
        ownership.revoke()
        checkpoint.forget()

    @app.on_rebalance_complete.connect
    async def assigned(*_: object, **__: object) -> None:
        rebalance = ownership.rebalances
        feeds = {
            name: Feed(await _topic_id(settings, which, ownership), settings.kafka.epoch)
            for name, which in INPUT_TOPICS.items()
        }
        if ownership.rebalances != rebalance:
            return  # another rebalance has begun meanwhile, and ends with a call of its own
        owned = app.consumer.assignment()
        numbers = sorted({tp.partition for tp in owned if tp.topic in ownership.topics.values()})
        try:
            ownership.assign(numbers, feeds, app.consumer_generation_id)
        except RecreatedError as error:
            log.critical(str(error))
            await app.crash(error)
            raise
        unread.tell(ownership.unread.values(), topic(settings, Topic.STATE))
        log.info("partitions owned", partitions=numbers)

    @app.on_before_shutdown.connect
    async def finish(*_: object, **__: object) -> None:
        await checkpoint.write()


async def _topic_id(settings: Settings, which: Topic, ownership: Ownership) -> str:
    while True:
        try:
            found = await asyncio.to_thread(topic_id, settings, which)
        except KafkaError as error:
            if ownership.trouble is None:
                log.warning("the broker does not describe a topic; asking again", error=str(error))
            ownership.trouble = str(error)
            await asyncio.sleep(2)
        else:
            ownership.trouble = None
            return found


def _fold(
    app: faust.App,
    settings: Settings,
    name: Input,
    ownership: Ownership,
    checkpoint: Checkpoint,
    continuity: Continuity,
) -> None:
    """Let the app fold an input topic."""
    source = ownership.topics[name]
    tickets = app.topic(topic(settings, Topic.COUNTER_TICKETS))

    @app.agent(app.topic(source), name=f"fold {name}", concurrency=1, supervisor_strategy=CrashingSupervisor)
    async def fold(stream: StreamT[list[Any]]) -> None:
        async for batch in cast("Stream[list[Any]]", stream).noack().events():
            number, messages = batch.message.partition, batch.value
            partition = ownership.partitions.get(number)
            if partition is None:
                continue  # revoked meanwhile and not acknowledged: its next owner reads it
            intake = partition.intakes[name]
            if not await continuity.admit(batch.message.tp, Gap(intake.position + 1, messages[0].offset)):
                continue
            rejected = intake.take(messages)
            opened = [_opened(tickets, event, settings.kafka.partitions) for event in intake.opened()]
            batch.message.value = None  # the acknowledgement needs the offset alone
            checkpoint.after(batch, len(messages), opened, rejected=rejected)
            if checkpoint.due:
                await checkpoint.write()


def _opened(tickets: TopicT, event: TicketEvent, partitions: int) -> Outgoing:
    """Return the record by which a transfer opens a wait; its place is the configured one, whatever was added."""
    key = f"{event.site}/{event.service}".encode()
    return Outgoing(tickets, key, msgspec.json.encode(event), partition_of(key, partitions))


def _repeat(
    app: faust.App,
    settings: Settings,
    checkpoint: Checkpoint,
    progress: Progress,
    liveness: Liveness,
    statuses: Statuses,
) -> None:
    """Write checkpoints, let time pass and publish live figures, each at its pace."""
    live = app.topic(topic(settings, Topic.STATUS))

    @app.timer(settings.checkpoint.every)  # type: ignore[untyped-decorator]  # Faust's timer has no type
    async def write() -> None:
        await checkpoint.write()

    @app.timer(PASS_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def pass_time() -> None:
        await progress.pass_time()

    @app.timer(PUBLISH_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def publish() -> None:
        if liveness.status != "waiting":
            await statuses.publish(live)


async def _stands_still(
    app: faust.App,
    settings: Settings,
    ownership: Ownership,
    progress: Progress,
    continuity: Continuity,
    liveness: Liveness,
) -> str:
    """Watch the worker; return, in words, that it has stood still for too long."""

    def nothing_in(tp: TP, gap: Gap) -> bool:
        try:
            return nothing_between(settings, tp, *gap)
        except KafkaError:
            return False

    async def resume() -> None:
        restoration = cast("TableManager", app.tables).recovery
        if not ownership.settled and restoration.in_recovery:
            log.warning("no state comes from the changelog; restoring anew")
            restoration.signal_recovery_start.set()
        await continuity.resume(progress.gaps(), nothing_in, ownership.pass_over)

    await watch(liveness, settings.kafka.bootstrap, progress.look, resume)
    return ownership.trouble or liveness.wrong() or "the worker stands still"
