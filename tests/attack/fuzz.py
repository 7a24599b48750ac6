"""Random records on every topic: no one of them may stop the worker, a page, the audit, the totals or a mail."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any, Final, NamedTuple

import msgspec
from confluent_kafka import Producer
from rich.console import Console

from agents.kafka.client import Topic, producer, topic
from config.settings import Settings
from tests.agents.audit.office import Office
from tests.agents.kafka.test_unpacking import CODECS, NoText
from tests.agents.running import worker
from tests.attack.asked import ask
from tests.attack.stage import HEAD, SITE, YEAR, Row, Stage, lay, stored
from tests.waiting import PATIENCE

AT_A_TIME: Final = 150  # records between two looks
LOOKS: Final = 8  # on the same topics, with a new worker for each
WORST: Final[tuple[Any, ...]] = (
    *(None, True, "", "x", "x" * 4096, "\x00", "é<b>\n", [], {}, [[]], [{"a": 1}], {"1": -1}),
    *(-1, 0, 1, 2**31, 2**53, 2**60, 2**63 - 1, 2**63, -(2**63), 2**64, 0.1, -0.5, 1e-308, 1e308, -1e308),
    *("0001-01-01", "9999-12-31", "2023-02-30", "20231116", "2023-W46-4", "2023-11-16T08:00:00", "24:00"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "lozere", "line", "closed"),
)
COMMANDS: Final = (
    ("totals", "--year", YEAR, "--format", "json"),
    ("totals", "--year", YEAR, "--format", "html"),
    ("totals", "--year", YEAR, "--format", "open-data", "--out", "{folder}/out.zip"),
    ("totals", "--month", f"{YEAR}-11"),
    ("review", "list"),
    ("certify", "--year", YEAR),
    ("callbacks",),
    ("mail", "--for", f"{YEAR}-11-20", "--dry-run"),
    ("dead-letters",),
    ("audit",),
)


class Finding(NamedTuple):
    """Something that ended in an error, and the records that were new."""

    what: str
    rows: list[Row]


def fuzz(stage: Stage, seconds: float, seed: int | None, console: Console) -> int:
    """Write random records for a number of seconds; print each finding once and return whether there is any."""
    seed = random.randrange(10**6) if seed is None else seed
    rng, end, found, written = random.Random(seed), time.monotonic() + seconds, dict[str, Finding](), 0
    console.print(f"seed {seed}")
    number = 0
    while time.monotonic() < end:
        number += 1
        office = stage.on(f"f{number}.")
        lay(office.settings, stage.published.rows, stage.feeds, gone=False)
        honest = list(stored(office.settings))  # a worker refuses states that name other topics
        for _ in range(LOOKS):
            rows = [_record(rng, honest) for _ in range(AT_A_TIME)]
            written += len(rows)
            wrong = [each for each in _looked(office, rows, rng) if each.split(":")[0] not in found]
            for each in wrong:
                found[each.split(":")[0]] = Finding(each, rows)
                console.print(f"[red]{each}[/]", highlight=False)
            if wrong or time.monotonic() > end:
                break
        console.print(f"{written} records, {len(found)} findings", highlight=False)
    for finding in found.values():
        console.print(f"[red]{finding.what.splitlines()[0]}[/] after one of:", highlight=False)
        for row in finding.rows:
            console.print(f"  {row.topic} {row.key!r} {(row.value or b'')[:300]!r}", markup=False, highlight=False)
    return min(len(found), 1)


def _looked(office: Office, rows: list[Row], rng: random.Random) -> Iterator[str]:
    """Write records while a worker runs, and yield what ended in an error."""
    with ExitStack() as stack:
        running = stack.enter_context(worker(office.settings, TOCSIN_CONFIG=str(office.file)))
        running.await_page("/healthz")
        _put(office.settings, rows, rng)
        for words in COMMANDS:
            done = office.command(*(word.format(folder=office.folder) for word in words))
            error = done.exception
            if error is not None and not isinstance(error, SystemExit):
                yield f"{' '.join(words)}: {type(error).__name__}: {error}"
        asked = ask(office.settings)
        yield from asked.failed
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(PATIENCE)
        else:
            yield f"worker: ended by itself with {running.process.returncode}: {running.words()[-2000:]}"
        if "Traceback" in running.words():
            yield f"worker: {running.words()[running.words().index('Traceback') :][:3000]}"


def _put(settings: Settings, rows: list[Row], rng: random.Random) -> None:
    """Write half of the records with any header and moment, the others by librdkafka, in any codec and transaction."""
    half = len(rows) // 2
    with closing(producer(settings)) as client:
        for each in rows[:half]:
            headers, moment = rng.choice([None, [(NoText("?"), b"")]]), rng.choice([None, 0, -(2**62), 2**40])
            client.send(topic(settings, each.topic), each.value, each.key, headers, each.partition, moment)
    options = {"bootstrap.servers": settings.kafka.bootstrap, "compression.type": rng.choice(list(CODECS))}
    stranger = Producer({**options, "transactional.id": f"{settings.kafka.prefix}stranger", "log_level": 2})
    stranger.init_transactions()
    stranger.begin_transaction()
    for each in rows[half:]:
        stranger.produce(
            topic(settings, each.topic), each.value, each.key, -1 if each.partition is None else each.partition
        )
    rng.choice([stranger.commit_transaction, stranger.abort_transaction])()


def _record(rng: random.Random, honest: list[Row]) -> Row:
    """Return an honest record that was mutated, or nonsense, of any topic."""
    name = rng.choice(list(Topic))
    row = rng.choice([each for each in honest if each.topic is name] or honest)
    key = row.key if rng.random() < 0.7 else _key(rng, honest)
    return Row(name, key, _value(rng, row.value or b"{}", honest), row.partition if rng.random() < 0.7 else None)


def _key(rng: random.Random, honest: list[Row]) -> bytes:
    other = rng.choice(honest).key
    return rng.choice(
        [
            other,
            other.replace(SITE.encode(), b"cantal"),
            other + b"#0.5",
            rng.randbytes(rng.randrange(1, 40)),
            f"{SITE}/circulation/9999-12-31".encode(),
            f"{SITE}/vintages/{YEAR}/{'0' * 64}".encode(),
            f"{SITE}//".encode(),
            b"line lozere/circulation",
            b"intake calls 0",
        ]
    )


def _value(rng: random.Random, value: bytes, honest: list[Row]) -> bytes | None:
    chance = rng.random()
    if chance < 0.03:
        return None
    if chance < 0.08:
        return rng.randbytes(rng.randrange(0, 300))
    if chance < 0.12:
        return value[: rng.randrange(len(value) + 1)]
    if chance < 0.16:
        return rng.choice(honest).value
    try:
        found = msgspec.json.decode(value)
    except msgspec.DecodeError:  # a state: its head says how far it is
        place = rng.randrange(min(HEAD, len(value) or 1) if rng.random() < 0.5 else len(value) or 1)
        return value[:place] + rng.randbytes(1) + value[place + 1 :]
    for _ in range(rng.randrange(1, 4)):
        found = _mutated(rng, found)
    return json.dumps(found, allow_nan=True).encode()


def _mutated(rng: random.Random, part: Any) -> Any:
    """Return JSON with one of its values, at any depth, replaced, removed or repeated."""
    if isinstance(part, dict) and part and rng.random() < 0.9:
        name = rng.choice(list(part))
        if rng.random() < 0.08:
            return {each: value for each, value in part.items() if each != name}
        if rng.random() < 0.05:
            return part | {str(rng.choice(WORST)): part[name]}
        return part | {name: _mutated(rng, part[name])}
    if isinstance(part, list) and part and rng.random() < 0.9:
        place = rng.randrange(len(part))
        if rng.random() < 0.1:
            return part + part[place:]
        return [*part[:place], _mutated(rng, part[place]), *part[place + 1 :]]
    return rng.choice(WORST)
