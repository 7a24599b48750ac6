"""An office whose commands run on a broker, and whose stored records a test can alter."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from agents.history.ledger import History, read_history
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import latest, records
from agents.kafka.topics import create_topics
from config.settings import Settings
from streams.indicators.vintage import vintage_key
from streams.ledger.day import ServiceDay
from tests.agents.history.test_ledger import send
from tests.agents.office import CommandedOffice
from tests.agents.running import Running, worker
from tests.waiting import PATIENCE

OFFICE = """\
site: lozere
clock: event
lines: {standard: {}, circulation: {}}
services: {cards: {}}
"""
YEAR = "2018"


class Office(CommandedOffice):
    """An office that signs its records, with methods to run its commands and to alter its topics."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(settings, folder, OFFICE)
        self.environment["TOCSIN_SIGNING_KEY_FILE"] = str(folder / "private.pem")
        self.key = Ed25519PrivateKey.generate()
        for name, content in (
            ("private.pem", self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
            ("public.pem", self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
        ):
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)

    def copied(self, settings: Settings, folder: Path, forged: Mapping[str, bytes | None] | None = None) -> Office:
        """Return a second office with other topics, but the same records at the same offsets and the same key.

        With `forged`, nothing was ever published or decided, and the ledger has these records in place of all records
        under their keys, as after compaction.
        """
        other = Office(settings, folder)
        other.key = self.key
        for name in ("private.pem", "public.pem"):
            shutil.copy(self.folder / name, folder / name)
        create_topics(settings)
        with closing(producer(settings)) as client:
            sent = [
                (
                    each.offset,
                    client.send(topic(settings, name), each.value, each.key, None, each.partition, each.timestamp),
                )
                for name in Topic
                for each in records(self.settings, topic(self.settings, name))
                if forged is None or not _gone(name, (each.key or b"").decode(), forged)
            ]
            assert all(future.get(60).offset == offset for offset, future in sent) or forged
        if forged is not None:
            other.put_all((Topic.LEDGER, key.encode(), value) for key, value in forged.items() if value is not None)
        return other

    def count(self, rows: Sequence[tuple[Topic, bytes, bytes]], ends: Sequence[tuple[float, signal.Signals]]) -> int:
        """Run one worker for each share of the rows, end each with its signal, and return the number of rows sent."""
        done = 0
        for share, how in ends:
            some = rows[done : round(share * len(rows))]
            send(self.settings, list(some))
            done += len(some)
            with worker(self.settings, TOCSIN_CONFIG=str(self.file)) as running:
                running.await_events(done)
                running.process.send_signal(how)
                running.process.wait(PATIENCE)
        return done

    def publish(self) -> dict[str, Any]:
        done = self.command("totals", "--year", YEAR, "--publish", "--format", "json")
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def audit(self, *more: str) -> dict[str, Any]:
        done = self.command("audit", "--json", *more)
        assert done.stdout.startswith("{"), (done.output, done.exception)
        found: dict[str, Any] = json.loads(done.stdout)
        assert done.exit_code == (1 if found["breaches"] else 0), done.output
        return found

    def found(self, *more: str) -> set[tuple[str, str]]:
        return {(each["kind"], each["subject"]) for each in self.audit(*more)["breaches"]}

    def await_(self, done: Callable[[], bool], running: Running) -> None:
        for _ in range(100):
            if done():
                return
        raise AssertionError(running.words())

    def issued(self) -> int:
        days = [each for each in self.history().days.of() if isinstance(each, ServiceDay)]
        return sum(slot.issued for day in days for slot in day.slots.values())

    def key_option(self) -> tuple[str, str]:
        return "--key", str(self.folder / "public.pem")

    def history(self) -> History:
        return read_history(self.settings)

    def put(self, name: Topic, key: bytes, value: bytes | None) -> None:
        self.put_all([(name, key, value)])

    def put_all(self, rows: Iterable[tuple[Topic, bytes, bytes | None]]) -> None:
        with closing(producer(self.settings)) as client:
            for name, key, value in rows:
                client.send(topic(self.settings, name), key=key, value=value)

    def ledger(self) -> dict[str, bytes]:
        rows = latest(self.settings, topic(self.settings, Topic.LEDGER))
        return {(each.key or b"").decode(): each.value or b"" for each in rows}

    def vintage_keys(self) -> list[str]:
        """Return the keys of the published vintages in order."""
        chain = self.history().publications.chain("lozere")
        return [vintage_key("lozere", YEAR, entry.content) for _, entry in chain.published()]


def _gone(name: Topic, key: str, forged: Mapping[str, bytes | None]) -> bool:
    """Return whether an office with forged days lacks a record of the honest one."""
    return name in {Topic.REVIEWS, Topic.NOTES} or (name is Topic.LEDGER and (key in forged or "/vintages/" in key))
