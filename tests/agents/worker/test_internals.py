"""Contract tests of the parts of Faust, mode and aiokafka that `agents.worker.internals` lists.

A test fails if a new version renames an internal, calls it no longer, or changes what Tocsin relies on.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeVar, cast

import faust
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, codec
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer import fetcher
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import GroupAuthorizationFailedError, IllegalStateError, KafkaTimeoutError
from aiokafka.protocol.metadata import MetadataResponse_v0
from aiokafka.record import default_records, util
from faust import topics
from faust.assignor.partition_assignor import PartitionAssignor
from faust.tables.recovery import RebalanceAgain
from faust.transport.drivers.aiokafka import ConsumerRebalanceListener
from faust.types import TP
from kafka.record import default_records as of_kafka_python  # type: ignore[import-untyped]  # ships no types
from kafka.record.memory_records import MemoryRecords  # type: ignore[import-untyped]  # the same
from structlog.testing import capture_logs

from agents.kafka.packing import BATCH_BYTES, GZIP, MAGIC
from agents.kafka.unpacking import CODECS
from agents.worker import internals
from agents.worker.batches import batches_of
from agents.worker.internals import (
    MAX_WAIT_MS,
    MIN_BYTES,
    Worker,
    assignor_of,
    fetch_from_state,
    keep_plain,
    restore_again,
)
from tests.imports import ROOT, imported, modules

LIBRARIES: Final = ("faust", "mode", "aiokafka")
DOCUMENTED: Final = {
    *("faust", "faust.auth", "faust.exceptions", "faust.streams", "faust.transport.utils", "faust.types"),
    *("faust.types.auth", "mode", "aiokafka.abc", "aiokafka.errors"),
}
TABLE: Final = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| (?:`([\w/.]+)` )?\|$", internals.__doc__ or "", re.MULTILINE)

# Private names of kafka-python, or of Tocsin itself.
OTHERS: Final = {
    *("agents.kafka.connecting", "agents.kafka.groups", "agents.kafka.packing", "agents.kafka.sending"),
    "agents.analysis.shared",
}

EVERY: Final = {"calls", "readings", "state"}
CALLS: Final = TP("calls", 3)

T = TypeVar("T", bound=Callable[..., object])
contracts: Final = list[str]()


def contract(*names: str) -> Callable[[T], T]:
    """Note which internals a test is the contract of."""
    contracts.extend(names)
    return lambda test: test


@pytest.fixture
def app(tmp_path: Path) -> Iterator[faust.App]:
    made = faust.App("contract", broker="kafka://127.0.0.1:1", store="memory://", datadir=tmp_path, web_enabled=False)
    yield made
    if (consumer := cast("Any", made)._consumer) is not None:
        consumer._thread.thread_loop.close()  # of a thread that has never started


def run(given: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(given())


def test_each_internal_has_a_contract() -> None:
    assert sorted(contracts) == sorted(name for name, _ in TABLE)


def test_the_table_has_every_private_name_that_the_file_uses() -> None:
    tree = modules("agents")["agents.worker.internals"]
    own = {name for name in vars(internals) if name.startswith("_")} | {"_crashed_by", "__init__"}
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    used |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    private = {name for name in used if re.fullmatch(r"_[a-z]\w*", name)} - own
    assert private <= {name.rpartition(".")[2] for name, _ in TABLE}


def test_no_other_file_reaches_behind_the_libraries() -> None:
    allowed = {file.removesuffix(".py").replace("/", ".") for _, file in TABLE if file}
    for name, tree in modules("agents").items():
        if name == "agents.worker.internals":
            continue
        behind = {
            each
            for each in imported(tree)
            if each.partition(".")[0] in LIBRARIES and not {each, each.rpartition(".")[0]} & DOCUMENTED
        }
        assert not behind or name in allowed, (name, behind)
        if name not in OTHERS:
            assert "SLF001" not in (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"), name


def cluster(**partitions: int) -> ClusterMetadata:
    found = ClusterMetadata()
    there = [(0, name, [(0, each, 1, [1], [1]) for each in range(count)]) for name, count in partitions.items()]
    found.update_metadata(MetadataResponse_v0([(1, "127.0.0.1", 9092)], there))
    return found


def assigned(app: faust.App, kind: type[PartitionAssignor], there: ClusterMetadata) -> dict[int, set[str]]:
    """Return the members that a number's partitions go to, for two members that read every topic."""
    app.conf.table_standby_replicas = 0
    assignor = kind(app)
    members = {name: assignor.metadata(EVERY) for name in ("one", "two")}
    found: dict[int, set[str]] = {}
    for member, given in assignor.assign(there, members).items():
        for _, numbers in given.assignment:
            for number in numbers:
                found.setdefault(number, set()).add(member)
    return found


@contract("PartitionAssignor._get_copartitioned_groups")
def test_topics_stay_together_though_one_of_them_has_partitions_more(app: faust.App) -> None:
    there = cluster(calls=8, readings=11, state=8)
    given = assigned(app, assignor_of(8), there)
    assert sorted(given) == list(range(8)), "added partitions are not assigned"
    assert all(len(members) == 1 for members in given.values())
    assert len({*map(tuple, given.values())}) == 2
    assert sorted(assigned(app, PartitionAssignor, there)) == list(range(11)), "by itself, Faust gives them away"


@contract("PartitionAssignor._group_co_subscribed")
def test_a_topic_that_is_not_there_is_left_out() -> None:
    found = assignor_of(8)._get_copartitioned_groups(EVERY, cluster(calls=8, state=8), {"member": list(EVERY)})
    assert {count: list(groups) for count, groups in found.items()} == {8: [{"calls", "state"}]}


@contract(
    "Transport.Consumer",
    "Consumer._new_consumer_thread",
    "AIOKafkaConsumerThread._create_worker_consumer",
    "AIOKafkaConsumer._fetch_max_wait_ms",
    "AIOKafkaConsumer._fetch_min_bytes",
    "AIOKafkaConsumer._isolation_level",
    "AIOKafkaConsumerThread.highwater",
)
def test_the_worker_fetches_what_is_committed_by_its_own_consumer_and_waits_a_tenth_of_a_second(app: faust.App) -> None:
    fetch_from_state(app, dict, dict)

    async def made() -> None:
        consumer = cast("Any", app.consumer)
        client = consumer._thread._create_consumer(asyncio.get_running_loop())
        try:
            assert consumer.client is client
            assert client._fetch_max_wait_ms == MAX_WAIT_MS
            assert client._fetch_min_bytes == MIN_BYTES
            for name in ("fetch_max_wait_ms", "fetch_min_bytes", "isolation_level"):
                assert f"{name}=self._{name}" in inspect.getsource(AIOKafkaConsumer.start)
            assert client._isolation_level == "read_committed"
            client.last_stable_offset = {CALLS: 7}.get
            assert consumer.highwater(CALLS) == 7
        finally:
            await client.stop()

    run(made)


@contract("Consumer._seek")
def test_a_seek_goes_to_the_thread_that_fetches(app: faust.App) -> None:
    made, sought = failing(None), list[dict[TP, int]]()

    async def seek_wait(offsets: dict[TP, int]) -> None:
        sought.append(offsets)

    made.seek_wait, made.log, made._read_offset = seek_wait, app.log, {}
    asyncio.run(made.seek(CALLS, 7))
    assert sought == [{CALLS: 7}]


def failing(error: Exception | None) -> Any:
    """Return a consumer whose every seek fails."""
    app = SimpleNamespace(transport=SimpleNamespace())
    fetch_from_state(cast("Any", app), dict, dict)
    made = object.__new__(cast("Any", app.transport).Consumer)

    async def seek_wait(_offsets: object) -> None:
        if error is not None:
            raise error

    made.seek_wait = seek_wait
    return made


def test_a_seek_in_a_partition_that_was_taken_away_is_none() -> None:
    asyncio.run(failing(IllegalStateError("No current assignment for partition"))._seek(CALLS, 7))
    with pytest.raises(KafkaTimeoutError):
        asyncio.run(failing(KafkaTimeoutError())._seek(CALLS, 7))


@contract("Consumer.perform_seek", "Consumer._committed_offset")
@pytest.mark.parametrize(("noted", "warns"), [(9, False), (3, True)])
def test_reviews_that_are_always_read_again_are_no_state_behind_the_group(noted: int, *, warns: bool) -> None:
    app, tp, sought = SimpleNamespace(transport=SimpleNamespace()), TP("reviews", 0), list[int]()
    fetch_from_state(cast("Any", app), lambda: {tp: 3}, lambda: {tp: noted})
    made = object.__new__(cast("Any", app.transport).Consumer)
    made._read_offset, made._committed_offset = {}, {}

    async def committed() -> dict[TP, int]:
        return {tp: 10}

    async def seek(_tp: TP, offset: int) -> None:
        sought.append(offset)

    made.seek_to_committed, made.seek = committed, seek
    with capture_logs() as logged:
        asyncio.run(made.perform_seek())
    assert sought == [4]
    assert [each["event"] for each in logged] == ["the state is behind the group"] * warns


@contract("AIOKafkaConsumer._coordinator", "GroupCoordinator._pending_exception")
def test_a_refusal_of_the_group_waits_at_the_coordinator() -> None:
    async def refused() -> None:
        assert "self._coordinator = GroupCoordinator(" in inspect.getsource(AIOKafkaConsumer.start)
        made: Any = object.__new__(GroupCoordinator)
        made._subscription = SimpleNamespace(abort_waiters=lambda _error: None)
        made._closing = asyncio.get_running_loop().create_future()
        waiting = asyncio.ensure_future(made._push_error_to_user(GroupAuthorizationFailedError("group")))
        assert isinstance(made._pending_exception, GroupAuthorizationFailedError)
        made._closing.set_result(None)
        await waiting

    run(refused)


@contract("TableManager.recovery", "Recovery.in_recovery", "Recovery.signal_recovery_start")
def test_a_restoration_is_started_again_by_its_signal(app: faust.App) -> None:
    async def restored() -> None:
        recovery = cast("Any", app.tables).recovery
        assert recovery.in_recovery is False
        assert not restore_again(app)
        recovery.in_recovery = True
        assert restore_again(app)
        with pytest.raises(RebalanceAgain):
            await recovery._wait(asyncio.sleep(10))

    run(restored)


@contract("Worker.spinner", "Worker.install_signal_handlers", "Service._crash")
def test_the_worker_takes_no_signals_and_tells_of_a_crash(app: faust.App, capfd: pytest.CaptureFixture[str]) -> None:
    installs = list[Worker]()

    class Asked(Worker):
        def install_signal_handlers(self) -> None:
            installs.append(self)

    async def crashed() -> None:
        told = list[BaseException]()
        worker = Asked(app, told.append, verbose=False)
        worker.override_logging = False
        assert faust.Worker(app).spinner is not None, "by itself, Faust has one"
        await worker.default_on_first_start()
        await worker.on_startup_finished()
        assert installs == [worker]
        app.beacon.reattach(worker.beacon)
        error = ValueError("why")
        await app.crash(error)
        assert told[:1] == [error]

    run(crashed)
    assert capfd.readouterr().out == ""


@contract("App.consumer_generation_id")
def test_the_app_knows_the_generation_of_its_partitions() -> None:
    async def given(_assigned: object, _generation: int) -> None:
        """Take the partitions."""

    app, client = SimpleNamespace(), SimpleNamespace(_coordinator=SimpleNamespace(generation=7))
    thread = SimpleNamespace(app=app, _ensure_consumer=lambda: client, on_partitions_assigned=given)
    asyncio.run(ConsumerRebalanceListener(cast("Any", thread)).on_partitions_assigned([]))
    assert app.consumer_generation_id == 7


@contract("DefaultSchedulingStrategy.iterate")
def test_a_fetch_is_delivered_by_the_scheduler_of_the_settings(app: faust.App) -> None:
    async def delivered() -> None:
        cast("Any", app.conf).ConsumerScheduler = batches_of(frozenset({"calls"}))
        scheduler = cast("Any", app.consumer).scheduler
        assert list(scheduler.iterate({CALLS: [record(1), record(2)]})) == [
            (CALLS, ConsumerRecord("calls", 3, 2, 0, 0, None, [record(1), record(2)], None, -1, -1, ()))
        ]
        assert "self.scheduler.iterate(records)" in inspect.getsource(type(app.consumer).getmany)

    run(delivered)


def record(offset: int) -> ConsumerRecord:
    return ConsumerRecord("calls", 3, offset, 0, 0, b"key", b"value", None, 3, 5, ())


def packed(base: int, values: tuple[bytes, ...], producer: int, *, marks: bool = False) -> bytes:
    """Return a transaction's batch of records from an offset on, or one with its marker."""
    builder = default_records.DefaultRecordBatchBuilder(MAGIC, 0 if marks else GZIP, 1, producer, 0, 0, BATCH_BYTES)
    for place, each in enumerate(values):
        builder.append(place, 1_000 + place, b"\0\0\0\0" if marks else b"key", each, [])
    made = bytearray(builder.build())
    made[:8] = base.to_bytes(8, "big")
    if marks:
        made[22] |= 0x20  # a control batch
    return bytes(made)


@contract("fetcher.PartitionRecords", "PartitionRecords._consumer_record", "fetcher.MemoryRecords")
def test_an_input_comes_as_plain_records_without_those_of_an_aborted_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for each in ("PartitionRecords", "MemoryRecords"):
        monkeypatch.setattr(fetcher, each, getattr(fetcher, each))  # and restores it
    keep_plain({"calls"})
    log = b"".join(
        (
            packed(0, (b"read", b"first"), 8),
            packed(2, (b"aborted", b"too"), 7),
            packed(4, (b"",), 7, marks=True),
            packed(5, (b"last",), 7),
        )
    )
    found = {}
    for topic in ("calls", "changelog"):
        fetched = fetcher.PartitionRecords(
            TP(topic, 3), fetcher.MemoryRecords(log), [(7, 2)], 1, None, None, check_crcs=False,
            isolation_level=fetcher.READ_COMMITTED,
        )  # fmt: skip
        found[topic] = list(fetched)
        assert [(each.offset, each.timestamp, each.key, each.value) for each in found[topic]] == [
            (1, 1_001, b"key", b"first"),
            (5, 1_000, b"key", b"last"),
        ]
        assert fetched.next_fetch_offset == 6
    assert not any(isinstance(each, ConsumerRecord) for each in found["calls"])
    assert all(isinstance(each, ConsumerRecord) for each in found["changelog"])
    for each in ("PartitionRecords(", "MemoryRecords("):
        assert each in inspect.getsource(fetcher.Fetcher._proc_fetch_request)


@contract("AIOKafkaConsumer.last_stable_offset")
def test_the_end_of_a_revoked_partition_is_an_assertion() -> None:
    async def revoked() -> None:
        client = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1")
        try:
            with pytest.raises(AssertionError):
                client.last_stable_offset(CALLS)
        finally:
            await client.stop()

    run(revoked)


@contract("faust.topics")
def test_a_logger_has_the_name_of_its_module() -> None:
    assert topics.logger.name == "faust.topics"


@pytest.fixture
def builder() -> Any:
    return default_records.DefaultRecordBatchBuilder(MAGIC, GZIP, 0, -1, -1, -1, BATCH_BYTES)


@contract("DefaultRecordBatchBuilder")
def test_packed_records_are_kafkas(builder: Any) -> None:
    for number in range(3):
        assert builder.append(number, 1_000, b"key", b"value" * 200, []) is not None
    assert builder.append(3, 1_000, b"key", b"x" * BATCH_BYTES, []) is None, "it is full"
    assert builder.size() > 3_000
    builder.set_producer_state(7, 1, 5)
    batch = MemoryRecords(bytes(builder.build())).next_batch()
    assert (batch.producer_id, batch.producer_epoch, batch.base_sequence) == (7, 1, 5)
    assert [(each.offset, each.timestamp, each.key) for each in batch] == [(each, 1_000, b"key") for each in range(3)]


@contract("default_records.gzip_encode", "default_records.gzip_decode")
def test_records_are_packed_by_functions_that_can_be_replaced(builder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = inspect.getmodule(type(builder))
    for name in ("gzip_encode", "gzip_decode"):
        assert callable(getattr(default_records, name))
        assert callable(getattr(module, name))
    monkeypatch.setattr(module, "gzip_encode", lambda _data: b"packed")
    builder.append(0, 1_000, b"key", b"value", [])
    assert bytes(builder.build()).endswith(b"packed")


@contract("codec.zstd_decode")
def test_codecs_are_there_and_kafka_python_has_them() -> None:
    for name in CODECS:
        decode = getattr(codec, f"{name}_decode")
        assert decode(getattr(codec, f"{name}_encode")(b"value")) == b"value"
        assert getattr(of_kafka_python, f"{name}_decode") is decode


@contract("util.calc_crc32c")
def test_checksums_are_compiled() -> None:
    assert util.calc_crc32c is not util.calc_crc32c_py
    assert util.calc_crc32c(b"123456789") == 0xE3069283
