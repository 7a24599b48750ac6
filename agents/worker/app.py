"""The worker: a Faust app that folds calls, witnesses, tickets, readings, requests and reviews of its partitions.

Follow one event: Kafka -> `batches` (a fetch is one event) -> `_fold` here -> `Intake.take` -> `Line.fold`,
`Line.bear`, `Line.read`, `Line.review`, `Service.fold` or `Channel.fold` -> figures that `metrics` reads when scraped
-> `Checkpoint.write`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast

import faust
import msgspec
import structlog
from aiohttp import web
from faust.streams import Stream
from faust.types import TP, EventT, StreamT
from mode import CrashingSupervisor

from agents.dialling import numbers_of_all
from agents.garbage import uncollected
from agents.kafka.client import KafkaError, Topic, faust_options, partition_of, topic
from agents.kafka.reading import nothing_between
from agents.kafka.topics import INPUT_TOPICS, topic_id
from agents.state import state_dir
from agents.worker import closed_days, rereading, unread
from agents.worker.batches import Slices, batches_of
from agents.worker.changes import IncidentChanges
from agents.worker.checkpoint import Checkpoint
from agents.worker.continuity import Continuity, Gap
from agents.worker.figures import Figures
from agents.worker.health import Health, no_checkpoint
from agents.worker.internals import assignor_of, fetch_from_state, keep_plain, refused, restore_again
from agents.worker.liveness import Liveness, watch
from agents.worker.outgoing import Outgoing, sender
from agents.worker.ownership import Ownership
from agents.worker.pages import worker_pages
from agents.worker.progress import CATCH_UP_SECONDS, PASS_SECONDS, Progress
from agents.worker.roster import LOOK_SECONDS, Roster
from agents.worker.status import PUBLISH_SECONDS, Statuses
from agents.worker.surroundings import Surroundings, client_name
from config.shared import Shared
from streams.events import TicketEvent
from streams.feed import Feed, Input, RecreatedError

log = structlog.get_logger()

LAYOUT_SECONDS: Final = 5.0  # between looks at the topics: a worker that joined before it could read them owns nothing
MAX_WAITING_BATCHES = 4  # each up to a fetch of 1 MiB per partition: a backlog must not fill the memory
# How much is unpacked at a time, by the thread that sends the group's heartbeats. Without this limit, a nation's
# backlog took so many seconds that the group gave the partitions to another worker.
MAX_UNPACKED = 20_000  # records


class Work(NamedTuple):
    """A worker: its Faust app, its pages, and the parts that its process watches."""

    app: faust.App
    pages: web.Application
    health: Health
    checkpoint: Checkpoint
    failures: Sequence[Callable[[], Coroutine[Any, Any, str]]]  # each returns why the worker cannot continue


def create(roster: Roster) -> Work:
    """Return a worker that has not started yet."""
    shared = roster.offices.shared
    inputs = {name: topic(shared, which) for name, which in INPUT_TOPICS.items()}
    batched = frozenset(inputs.values())
    keep_plain(batched)
    app = _app(shared, client_name(roster.offices), batched)
    ownership = Ownership(roster.catalogue, inputs)
    liveness = Liveness(time.monotonic())
    progress = Progress(shared, ownership, liveness, app)
    continuity = Continuity(app, partial(_nothing_in, shared))
    send = sender(app)
    _restore(app, shared, ownership)
    checkpoint = Checkpoint(
        ownership, shared, send, IncidentChanges(ownership, roster), numbers=numbers_of_all(roster.offices)
    )
    around = Surroundings(roster.offices, app.conf.id, inputs | {"state": topic(shared, Topic.STATE)})
    figures = Figures(roster, ownership, progress, checkpoint, liveness, around)
    health = Health(
        lambda: ownership.trouble, liveness.wrong, partial(no_checkpoint, shared, checkpoint), around.trouble
    )

    _follow_group(app, shared, ownership, checkpoint)
    fetch_from_state(app, ownership.positions, ownership.noted)
    for name in inputs:
        _fold(app, roster, name, ownership, checkpoint, continuity)
    app.task(around.watch)
    app.task(partial(_follow_offices, app, roster, ownership))
    app.task(partial(closed_days.guard, shared, ownership, send))
    _repeat(app, shared, checkpoint, progress, liveness, Statuses(roster, ownership, progress.now, send), figures)
    return Work(
        app,
        worker_pages(shared.board.hosts, figures, progress, checkpoint, liveness, health, ownership, around),
        health,
        checkpoint,
        [
            partial(_stalled, app, around, ownership, progress, continuity, liveness),
            partial(refused, app, shared),
        ],
    )


def _app(shared: Shared, named: str, batched: frozenset[str]) -> faust.App:
    return faust.App(
        f"{shared.kafka.prefix}worker",
        **faust_options(shared),
        ConsumerScheduler=batches_of(batched),
        PartitionAssignor=assignor_of(shared.kafka.partitions),
        broker_client_id=named,
        broker_heartbeat_interval=2.0,
        broker_max_poll_records=MAX_UNPACKED,
        broker_session_timeout=6.0,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=int(LAYOUT_SECONDS * 1000),
        datadir=state_dir() / "faust",
        key_serializer="raw",
        producer_linger=0.02,
        producer_compression_type="gzip",  # the ledger and the live figures are text
        processing_guarantee="at_least_once",
        store="memory://",
        stream_buffer_maxsize=MAX_WAITING_BATCHES,
        # Batches wait for their checkpoint; a rebalance must not wait for them.
        stream_wait_empty=False,
        table_standby_replicas=0,
        topic_allow_declare=False,  # only `tocsin topics` creates topics
        topic_disable_leader=True,
        topic_partitions=shared.kafka.partitions,
        value_serializer="raw",
        web_enabled=False,
    )


def _restore(app: faust.App, shared: Shared, ownership: Ownership) -> None:
    """Give `ownership` the states, restored from the changelog of a table that has no other use."""

    async def restore(event: EventT[Any]) -> None:
        message = event.message
        if message.key is not None:
            ownership.restore(message.partition, message.key, message.value, message.offset)

    app.Table(
        "state",
        key_type=bytes,
        value_type=bytes,
        partitions=shared.kafka.partitions,
        on_changelog_event=restore,
    )


def _follow_group(app: faust.App, shared: Shared, ownership: Ownership, checkpoint: Checkpoint) -> None:
    """Follow the group's assignments of partitions."""

    @app.on_partitions_revoked.connect
    async def revoked(*_: object, **__: object) -> None:
        ownership.revoke()
        checkpoint.forget()

    @app.on_rebalance_complete.connect
    async def assigned(*_: object, **__: object) -> None:
        rebalance = ownership.rebalances
        feeds = {
            name: Feed(await _topic_id(shared, which, ownership), shared.kafka.epoch)
            for name, which in INPUT_TOPICS.items()
        }
        if ownership.rebalances != rebalance:
            return  # another rebalance has begun meanwhile, and will call this function itself
        numbers, shared_out = ownership.whole(app.consumer.assignment())
        try:
            with uncollected():
                await ownership.assign(numbers, feeds, app.consumer_generation_id)
            if ownership.rebalances == rebalance and (doubtful := ownership.doubtful()):
                ownership.unsettle()
                ownership.take(await rereading.reread(shared, doubtful))
                if ownership.rebalances == rebalance:
                    with uncollected():
                        await ownership.assign(numbers, feeds, app.consumer_generation_id)
        except RecreatedError as error:
            log.critical(str(error))
            await app.crash(error)
            raise
        if ownership.rebalances != rebalance:
            return
        unread.log_unread(ownership.unread.values(), topic(shared, Topic.STATE))
        rereading.log_behind(ownership)
        log.info("partitions owned", partitions=numbers)
        if shared_out:
            log.info("partitions left to a worker of another version until it ends", partitions=shared_out)

    @app.on_before_shutdown.connect
    async def finish(*_: object, **__: object) -> None:
        await checkpoint.write()


async def _topic_id(shared: Shared, which: Topic, ownership: Ownership) -> str:
    while True:
        try:
            found = await asyncio.to_thread(topic_id, shared, which)
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
    roster: Roster,
    name: Input,
    ownership: Ownership,
    checkpoint: Checkpoint,
    continuity: Continuity,
) -> None:
    """Let the app fold one input topic."""
    source = ownership.topics[name]
    shared = roster.offices.shared
    tickets = topic(shared, Topic.COUNTER_TICKETS)
    slices = Slices()

    @app.agent(app.topic(source), name=f"fold {name}", concurrency=1, supervisor_strategy=CrashingSupervisor)
    async def fold(stream: StreamT[list[Any]]) -> None:
        async for batch in cast("Stream[list[Any]]", stream).noack().events():
            number, messages = batch.message.partition, batch.value
            if await roster.meet(messages):
                await _renew(app, roster, ownership)
            partition = ownership.partitions.get(number)
            if partition is None:
                continue  # revoked and not acknowledged: its next owner reads it
            intake, rebalances = partition.intakes[name], ownership.rebalances
            cursor = intake.positions.cursor
            if not await continuity.admit(batch.message.tp, Gap(cursor + 1, messages[0].offset)):
                continue
            batch.message.value = None  # the acknowledgement needs only the offset
            for some in slices.of(messages):
                if ownership.rebalances != rebalances:
                    break  # revoked, as above
                intake = ownership.partitions[number].intakes[name]
                if intake.positions.cursor != cursor:
                    break  # set back for a desk that was unknown: the batch comes again
                with slices.timed(len(some)):
                    rejected = intake.take(some)
                opened = [_opened(tickets, event, shared.kafka.partitions) for event in intake.opened()]
                cursor, whole = intake.positions.cursor, some[-1] is messages[-1]
                checkpoint.after(batch, len(some), opened, rejected=rejected, whole=whole)
                await (checkpoint.write() if checkpoint.due else asyncio.sleep(0))


async def _follow_offices(app: faust.App, roster: Roster, ownership: Ownership) -> None:
    """Reload the offices' files whenever they change."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await roster.look():
            await _renew(app, roster, ownership)


async def _renew(app: faust.App, roster: Roster, ownership: Ownership) -> None:
    """Count by the offices' current settings; reread the events of desks that were unknown."""
    for tp in ownership.renew(roster.catalogue):
        position = ownership.positions().get(tp)
        if position is not None:
            await app.consumer.seek(tp, position + 1)


def _opened(tickets: str, event: TicketEvent, partitions: int) -> Outgoing:
    """Return the record by which a transfer opens a wait, for the partition by the configured number."""
    key = f"{event.site}/{event.service}".encode()
    return Outgoing(tickets, key, msgspec.json.encode(event), partition_of(key, partitions))


def _repeat(
    app: faust.App,
    shared: Shared,
    checkpoint: Checkpoint,
    progress: Progress,
    liveness: Liveness,
    statuses: Statuses,
    figures: Figures,
) -> None:
    """Write checkpoints, let time pass, publish live figures and prepare the first scrape, each at its interval."""

    @app.timer(shared.checkpoint.every)  # type: ignore[untyped-decorator]  # Faust's timer has no type
    async def write() -> None:
        await checkpoint.write()

    @app.timer(PASS_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def pass_time() -> None:
        await progress.pass_time()

    @app.timer(CATCH_UP_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def catch_up() -> None:
        progress.catch_up()

    @app.timer(PASS_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def prepare() -> None:
        if progress.idle():
            await figures.prepare()

    @app.timer(PUBLISH_SECONDS)  # type: ignore[untyped-decorator]  # as above
    async def publish() -> None:
        if liveness.status != "waiting":
            await statuses.publish()


def _nothing_in(shared: Shared, tp: TP, gap: Gap) -> bool:
    try:
        return nothing_between(shared, tp, *gap)
    except KafkaError:
        return False


async def _stalled(
    app: faust.App,
    around: Surroundings,
    ownership: Ownership,
    progress: Progress,
    continuity: Continuity,
    liveness: Liveness,
) -> str:
    """Watch the worker; return why it has to end once it has made no progress for too long."""

    async def resume(stuck: Collection[TP]) -> None:
        if not ownership.settled and restore_again(app):
            log.warning("the changelog returns no states; restarting the restoration")
        gaps = {tp: gap for tp, gap in progress.gaps().items() if tp in stuck}
        await continuity.resume(gaps, ownership.pass_over)

    await watch(liveness, lambda: around.answered, progress.look, resume)
    return ownership.trouble or liveness.wrong() or "the worker makes no progress"
