"""The audit reports nothing for an honest year despite crashed workers, and names each of eight forgeries."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.audit.recount import recount, stands_of
from agents.chain.log import Continuing
from agents.chain.signing import signed
from agents.history.ledger import read_history
from agents.history.review import review
from agents.kafka.client import Topic, topic
from agents.kafka.reading import records
from agents.kafka.sending import sending
from agents.kafka.topics import create_topics
from agents.states.records import state_records
from config.settings import Line, Settings
from streams.chain.entry import Published, decode_entry, encode_entry, hash_of
from streams.indicators.vintage import content_of, digest_of_figures, vintage_key
from streams.ledger.day import LineDay, day_key
from tests.agents.audit.office import YEAR, Office
from tests.agents.history.test_ledger import send, told
from tests.agents.running import Running, worker
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

TICKETS = 420


def decide(office: Office, *words: str) -> None:
    done = office.command("review", *words, "--by", "m.durand")
    assert done.exit_code == 0, done.output


def declare(office: Office, running: Running, day: str, note: str) -> None:
    """Declare a miscount and wait for the worker to publish it: decisions on days must precede those on incidents."""
    decide(office, "declare", "standard", "--from", f"{day}T08:00", "--to", f"{day}T12:00", "--note", note)
    name = f"standard-{day.replace('-', '')}T070000Z-declared"
    office.await_(lambda: name in office.history().incidents.of(), running)


@pytest.fixture
def office(shared_office: Office, settings: Settings, tmp_path: Path) -> Office:
    """Give an office that a test may change: a copy of the shared one, record by record."""
    return shared_office.copied(settings, tmp_path)


@pytest.fixture(scope="module")
def shared_office(shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Give an office that all tests share and none changes, because a year takes three workers."""
    return after_a_year(shared_settings, tmp_path_factory.mktemp("office"))


def after_a_year(settings: Settings, folder: Path) -> Office:
    """Return an office after an honest year: crashes and restarts of workers, late events, decisions, five vintages."""
    create_topics(settings)
    office, events = Office(settings, folder), told()
    done = office.count(events, ((0.4, signal.SIGKILL), (0.8, signal.SIGTERM)))
    assert office.publish()["vintage"] is not None
    send(settings, list(events[done:]))
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        running.await_events(len(events))
        office.await_(lambda: office.issued() == TICKETS, running)
        office.publish()
        declare(office, running, "2018-12-05", "the queue was restarted")
        office.publish()
        declare(office, running, "2018-12-06", "and again")
        office.publish()
        at_once(office)
        decide(office, "dismiss", "standard-20181205T070000Z-declared", "--note", "it was not")
        declare(office, running, "2018-12-07", "Mme Durand, who rang twice")
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    office.publish()
    return office


def at_once(office: Office) -> None:
    """Make two people decide at the same time: each reads the log before the other writes."""
    with sending(office.settings) as one, sending(office.settings) as other:
        both = [Continuing(office.settings, each) for each in (one, other)]
        name = "standard-20181206T070000Z-declared"
        for each in both:
            each._after("lozere")
        for each, by in zip(both, ("m.un", "m.autre"), strict=True):
            each.decide(b"lozere/standard", review(office.settings, "confirm", by, incident=name, note="yes"))


def moved(office: Office, key: str) -> bytes:
    """Return a day with its lost calls counted as answered, for the same offset."""
    day = msgspec.json.decode(office.ledger()[key])
    for slot in day["slots"].values():
        slot["answered"] = slot.get("answered", 0) + slot.pop("lost", 0)
    return msgspec.json.encode(day)


def forged(office: Office, key: str, *, digest: bool) -> bytes:
    """Return a vintage without lost calls, optionally with a recomputed digest."""
    vintage = msgspec.json.decode(office.ledger()[key])
    for each in vintage["annual"]["indicators"]:
        if each["kind"] == "lost_rate":
            each["raw"] |= {"value": 0.0, "part": 0}
    if digest:
        vintage["digest"] = digest_of_figures(vintage["annual"])
    return msgspec.json.encode(vintage)


def test_an_honest_year_is_silent_and_every_forgery_is_named(office: Office) -> None:
    honest = office.command("audit", *office.key_option())
    assert (honest.exit_code, len(honest.stdout.splitlines())) == (0, 1), honest.output
    assert "checked 5 publications, 5 of them covered by the key's signatures, 6 decisions" in honest.stdout
    assert office.audit()["recounted"] == office.audit()["days"] == 63
    assert office.publish()["integrity"] == {"holds": True, "breaches": []}

    office.put(Topic.LEDGER, b"lozere/standard/2018-12-03", moved(office, "lozere/standard/2018-12-03"))
    assert office.found() == {("day-changed", "standard 2018-12-03")}
    office.put(Topic.LEDGER, b"lozere/circulation/2018-12-04", None)
    assert office.found() >= {("day-missing", "circulation 2018-12-04")}

    first, second, middle, _, last = office.vintage_keys()
    for key, anew in ((first, False), (second, True)):
        office.put(Topic.LEDGER, key.encode(), forged(office, key, digest=anew))
    for key in (middle, last):
        office.put(Topic.LEDGER, key.encode(), None)
    office.put(
        Topic.REVIEWS,
        b"lozere/standard",
        b'{"decision":"declare","line":"standard","by":"Mme la Prefete","at":1,'
        b'"from":"2018-12-01T08:00:00+01:00","to":"2018-12-20T08:00:00+01:00","note":"x"}',
    )
    told = {(each["kind"], each["subject"]): each for each in office.audit()["breaches"]}
    assert told.keys() >= {
        ("vintage-changed", "vintage 1 of 2018"),
        ("vintage-changed", "vintage 2 of 2018"),
        ("vintage-missing", "vintage 3 of 2018"),
        ("vintage-missing", "vintage 5 of 2018"),
        ("decision-unchained", "declaration of a miscount of standard by Mme la Prefete"),
    }
    assert ("vintage-changed", "vintage 4 of 2018") not in told
    assert "its figures do not match its digest" in told["vintage-changed", "vintage 1 of 2018"]["says_en"]
    assert "with a new digest" in told["vintage-changed", "vintage 2 of 2018"]["says_en"]
    assert "lost 1 → 0" in told["day-changed", "standard 2018-12-03"]["says_en"]
    assert told["day-changed", "standard 2018-12-03"]["place"].startswith(f"{office.settings.kafka.prefix}ledger/")

    withheld = office.command("totals", "--year", YEAR, "--vintage", "1")
    assert (withheld.exit_code, withheld.stdout) == (1, "")
    assert "withheld: vintage 1 of 2018 was changed after its publication" in withheld.stderr
    assert office.command("totals", "--year", YEAR, "--vintage", "4").exit_code == 0
    marked = dict.fromkeys(("table", "html", "csv"), "were tampered with")
    for name, words in marked.items():
        assert words in " ".join(office.command("totals", "--year", YEAR, "--format", name).stdout.split())
    prometheus = office.command("totals", "--year", YEAR, "--format", "prometheus").stdout
    assert 'tocsin_published_figures_broken{site="lozere",year="2018"} 7.0' in prometheus

    refused = office.command("totals", "--year", YEAR, "--publish")
    assert refused.exit_code == 1
    assert "2018 is not published because of this" in refused.stderr
    despite = office.command("totals", "--year", YEAR, "--publish", "--despite-breaches", "--format", "json")
    assert json.loads(despite.stdout)["integrity"]["holds"] is False


def changed(office: Office, key: str, **more: object) -> bytes:
    """Return a day with other fields."""
    return msgspec.json.encode(msgspec.json.decode(office.ledger()[key]) | more)


def without_lost(office: Office, key: str, definitions: list[object] | None = None) -> bytes:
    """Return a day with its lost calls counted as diverted, by definitions under which nothing is lost."""
    day = msgspec.json.decode(office.ledger()[key])
    for slot in day["slots"].values():
        slot["diverted"] = slot.get("diverted", 0) + slot.pop("lost", 0)
        slot["diverted_for"] = slot.get("diverted_for", {}) | slot.pop("lost_for", {})
        slot.pop("lost_short", None), slot.pop("lost_within", None)
    nothing = [each | {"lost_reasons": []} for each in day["definitions"]]
    return msgspec.json.encode(day | {"definitions": nothing if definitions is None else definitions})


def part_of(office: Office, key: str, name: str, offset: int) -> bytes:
    """Return a part of a day in which a lost call is counted as answered."""
    day = msgspec.json.decode(office.ledger()[key])
    number, slot = next((number, slot) for number, slot in day["slots"].items() if slot.get("lost"))
    moved = {"answered": 1, "lost": -1, "lost_for": dict.fromkeys(slot["lost_for"], -1)}
    part = {"of": "line", "id": day["id"], "day": day["day"], "part": name, "offset": offset, "closed": True}
    return msgspec.json.encode(part | {"slots": {number: moved}})


def test_what_a_forger_puts_beyond_the_worker_is_named_with_its_day_once_compaction_hid_the_rest(
    shared_office: Office, settings: Settings, tmp_path: Path
) -> None:
    told, desk = shared_office.ledger(), "lozere/standard"
    ends = stands_of(shared_office.settings, state_records(shared_office.settings))
    last = ends[b"line lozere/standard"].offset
    far, own = 2**60, f"0.{last - 5}"
    of_line = sorted(key for key in told if key.startswith(f"{desk}/2018-12-") and b'"lost":' in told[key])
    with_parts = {key.partition("#")[0] for key in told if "#" in key}
    first, second, third, fourth, fifth, sixth, seventh, *_ = (
        key for key in of_line if "#" not in key and key not in with_parts
    )
    parts = sorted(key for key in told if "#" in key and key.startswith("lozere/circulation"))
    forged = {
        first: msgspec.json.encode(msgspec.json.decode(moved(shared_office, first)) | {"offset": far}),
        second: without_lost(shared_office, second),
        third: without_lost(shared_office, third, []),
        fourth: changed(shared_office, fourth, lost_waits=[{"3": -1}, -1, -50, 50]),
        f"{fifth}#0.{far}": part_of(shared_office, fifth, f"0.{far}", far),
        f"{sixth}#{own}": part_of(shared_office, sixth, own, last),
        f"{desk}/9999-12-31": changed(shared_office, first, day="9999-12-31", closed=False),
        f"{desk}/2018-W49-1": changed(shared_office, first, day="2018-W49-1"),
        seventh: msgspec.json.encode(msgspec.json.decode(moved(shared_office, seventh)) | {"offset": last + 1}),
        parts[0]: None,
    }
    office = shared_office.copied(settings, tmp_path, forged)
    send(settings, [(Topic.CALL_ATTEMPTS, desk.encode(), b"{}")] * 3)  # that no worker has read yet
    found = office.audit()
    of_days = [each for each in found["breaches"] if each["kind"].startswith(("day-", "parts-"))]
    named = {each["subject"]: (each["kind"], each["says_en"]) for each in of_days}
    subject = {key: f"standard {key[-10:]}" for key in (first, second, third, fourth, fifth, sixth, seventh)}
    assert "beyond the end of its input" in named[subject[first]][1]
    assert named[subject[second]][0] == named[subject[third]][0] == "day-impossible", named
    assert "below zero: lost_waits -1" in named[subject[fourth]][1]
    assert named[f"{subject[fifth]}, part 0.{far}"][0] == "day-impossible"
    assert named[f"{subject[sixth]}, part {own}"] == (
        "parts-changed",
        "parts in the ledger: 1, finished by its worker: 0",
    )
    assert "is no date" in named["standard 9999-12-31"][1]
    assert "is no date" in named["standard 2018-W49-1"][1]
    assert named[subject[seventh]][0] == "day-uncounted"
    days = [key.removeprefix("lozere/").partition("#")[0].replace("/", " ") for key in forged]
    assert {each.partition(",")[0] for each in named} == set(days)
    ledger = topic(office.settings, Topic.LEDGER)
    assert [each["subject"] for each in of_days if not (each["place"] or "").startswith(f"{ledger}/")] == []

    read = office.command("totals", "--year", YEAR, "--format", "json")
    assert (read.exit_code, json.loads(read.stdout)["integrity"]["holds"]) == (0, False)
    assert office.command("totals", "--year", YEAR, "--publish").exit_code == 1


def test_other_reasons_than_the_events_tell_are_named_and_a_day_that_tells_none_is_let_be(
    shared_office: Office,
) -> None:
    settings = shared_office.settings.model_copy(update={"clock": "event", "lines": {"standard": Line()}})
    days, stands = read_history(settings).days.of(), stands_of(settings, state_records(settings))
    assert recount(settings, days, stands).breaches == []
    (told,) = (day for day in days if isinstance(day, LineDay) and day_key(day) == "lozere/standard/2018-12-03")
    lost = [slot for slot in told.slots.values() if slot.lost]
    for slot in lost:
        slot.lost_for = {"full": slot.lost}
    (breach,) = recount(settings, days, stands).breaches
    assert (breach.kind, breach.subject) == ("day-uncounted", "standard 2018-12-03")
    for slot in lost:
        slot.lost_for = {}
    assert recount(settings, days, stands).breaches == [], "an earlier version may have counted it"


def rewritten(office: Office, sign: Callable[[bytes], bytes]) -> Iterator[tuple[Topic, bytes, bytes | None]]:
    """Yield an office's records with better figures in its vintages and the whole chain recomputed."""
    for key, value in office.ledger().items():
        if "/vintages/" not in key:
            yield Topic.LEDGER, key.encode(), value
    hashes: dict[str, str] = {}
    for row in records(office.settings, topic(office.settings, Topic.NOTES)):
        yield Topic.NOTES, row.key or b"", row.value
    rows = {hash_of(link.logged.value): link for link in office.history().publications.chain("lozere").links.values()}
    waiting = list(rows)
    while waiting:
        name = waiting.pop(0)
        link = rows[name]
        if not hashes.keys() >= set(link.after):
            waiting.append(name)
            continue
        entry = decode_entry(link.logged.value)
        fields: dict[str, Any] = {"after": tuple(hashes[each] for each in link.after)} if link.after else {}
        if isinstance(entry, Published):
            value = forged(office, vintage_key("lozere", entry.of, entry.content), digest=True)
            said = msgspec.json.decode(value)
            fields |= {"content": content_of(said), "digest": said["digest"], "signature": None}
            yield Topic.LEDGER, vintage_key("lozere", entry.of, fields["content"]).encode(), value
        again = encode_entry(msgspec.structs.replace(entry, **fields))
        again = sign(again) if isinstance(entry, Published) else again
        hashes[name] = hash_of(again)
        yield Topic.REVIEWS, link.logged.key, again


def test_a_chain_that_was_computed_anew_is_told_by_the_key(shared_office: Office, tmp_path: Path) -> None:
    office = shared_office
    for number, (sign, says) in enumerate(
        (
            (lambda value: value, "it is not signed"),
            (lambda value: signed(value, Ed25519PrivateKey.generate()), "it is signed by another key"),
        )
    ):
        kafka = office.settings.kafka
        prefix = kafka.model_copy(update={"prefix": f"{kafka.prefix}{number}."})
        folder = tmp_path / str(number)
        folder.mkdir()
        other = Office(office.settings.model_copy(update={"kafka": prefix}), folder)
        create_topics(other.settings)
        other.put_all(rewritten(office, sign))
        assert other.found() == set(), "who may write everything can compute everything anew, but a signature"
        told = other.audit(*office.key_option())
        assert [each["kind"] for each in told["breaches"]] == 5 * ["signature"]
        assert {each["says_en"] for each in told["breaches"]} == {says}


def test_a_note_is_erased_from_everything_and_the_chain_stays_whole(office: Office) -> None:
    name, note = "standard-20181207T070000Z-declared", "Mme Durand, who rang twice"
    assert note in office.command("review", "show", name).stdout
    assert note in office.command("totals", "--year", YEAR, "--vintage", "5", "--format", "json").stdout
    erased = office.command("review", "erase", name, "--by", "dpo")
    assert (erased.exit_code, erased.stdout) == (0, f"erased 1 note of {name}\n"), erased.output
    assert note not in office.command("review", "show", name).stdout
    for vintage in ((), ("--vintage", "5")):
        for written in ("json", "html"):
            assert note not in office.command("totals", "--year", YEAR, *vintage, "--format", written).stdout
    everywhere = [each for each in Topic if each is not Topic.NOTES]
    for which in everywhere:
        for record in records(office.settings, topic(office.settings, which)):
            assert note.encode() not in (record.value or b""), f"{which} never had it"
    assert note not in office.history().notes.values()
    assert office.found(*office.key_option()) == set()
    (erasure,) = (each for each in office.history().publications.chain("lozere").erased())
    assert len(erasure) == 64

    decide(office, "reopen", name, "--note", "why")
    (digest,) = office.history().notes.keys() & {
        each.note_digest
        for _, each in office.history().publications.chain("lozere").noted()
        if each.decision == "reopen"
    }
    office.put(Topic.NOTES, f"lozere/{digest}".encode(), msgspec.json.encode({"note": "another", "salt": "0"}))
    assert office.found() == {("note-changed", f"reopening of {name} by m.durand")}
