"""Lists dead letters, and sends their records again once the configuration is repaired."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from agents.chain.log import Continuing
from agents.ingest.send import address
from agents.kafka import dead_letters
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import DeadLetter, Source, encode_letter
from agents.kafka.reading import between, leaving_out, records
from agents.kafka.sending import Sender, sending
from agents.progress import counted
from config.offices import Offices
from config.settings import Settings
from config.shared import Shared
from streams.decoding import AnyDecoder, Invalid
from streams.events import CallEvent, Event, Review
from streams.kept.runs import Runs
from streams.number import WITHHELD

_DECODER: Final = AnyDecoder()

REPLAYED = "replayed"  # the reason of a letter that marks others as sent again
MOST_AT_ONCE = 1_000  # records sent before the broker must confirm them


class Replay(NamedTuple):
    """How many refused records were sent again, and how many were not, by reason."""

    sent: int
    left: Counter[str]


class _Waiting:
    """The letters of one partition or file with records that are not sent again yet; no record is in two letters."""

    def __init__(self) -> None:
        self._claimed = Runs()
        self._single: dict[int, DeadLetter] = {}
        self._sums: list[tuple[DeadLetter, Runs]] = []

    def bury(self, letter: DeadLetter) -> None:
        """Take a letter, less the records that an earlier letter has: after a crash a record may be in two letters."""
        runs = Runs(letter.places())
        if letter.runs is None:
            ((place, _),) = runs
            if place not in self._claimed:
                self._single[place] = letter
                self._claimed.add((place, place))
            return
        for run in self._claimed:
            runs.remove(run)
        for run in runs:
            self._claimed.add(run)
        self._sums.append((letter, runs))

    def sent(self, letter: DeadLetter) -> None:
        """Drop the records that a letter marks as sent again."""
        for run in letter.places():
            self._claimed.remove(run)
            for place in [place for place in self._single if run[0] <= place <= run[1]]:
                del self._single[place]
            for _, runs in self._sums:
                runs.remove(run)

    def letters(self) -> list[DeadLetter]:
        """Return the letters, each with only its waiting records."""
        return [*self._single.values(), *(_of(letter, runs) for letter, runs in self._sums if runs)]


def waiting(shared: Shared) -> list[DeadLetter]:
    """Return the dead letters with records that were not sent again yet, oldest first; no record is in two of them."""
    return unsent(_read(shared))


def unsent(letters: Iterable[DeadLetter]) -> list[DeadLetter]:
    """Return the letters with records that were not sent again, oldest first.

    Two records from the same place are one record. A summary keeps only the records that no earlier letter has.
    """
    held: defaultdict[Source, _Waiting] = defaultdict(_Waiting)
    placeless = []
    for letter in sorted(letters, key=lambda letter: letter.at):
        if not letter.places():
            placeless.append(letter)
        elif letter.reason == REPLAYED:
            held[letter.source].sent(letter)
        else:
            held[letter.source].bury(letter)
    return sorted([*placeless, *(letter for each in held.values() for letter in each.letters())], key=lambda it: it.at)


def replay(offices: Offices, letters: Sequence[DeadLetter]) -> Replay:
    """Send the records that are now valid events to their topics, each under its correct key.

    Records of a summary are read again from their topic. Raises `KafkaError` if the broker refuses one or does not
    answer.
    """
    sent, left, shared = 0, Counter[str](), offices.shared
    with sending(shared) as sender:
        log = Continuing(shared, sender)
        for letter in counted(letters, "dead letters", len(letters), of="checked"):
            again = Runs()
            for place, original in _originals(shared, letter, left):
                try:
                    event, settings = _repaired(offices, letter, original)
                except Invalid as why:
                    left[str(why)] += 1
                    continue
                name, key = address(settings, event, witness=letter.topic == topic(settings, Topic.CALL_WITNESSES))
                if isinstance(event, Review):
                    log.decide(key, event)
                else:
                    sender.send(topic(shared, name), key, original)
                again.add((place, place))
                if again.count() >= MOST_AT_ONCE:
                    sent += _mark(shared, sender, letter, again)
                    again = Runs()
            if again:
                sent += _mark(shared, sender, letter, again)
    return Replay(sent, left)


def _mark(shared: Shared, sender: Sender, letter: DeadLetter, again: Runs) -> int:
    """Mark a letter's records as sent again once the broker has them; return their number."""
    sender.confirm()
    sender.send(topic(shared, Topic.DEAD_LETTERS), None, _replayed(letter, again))
    sender.confirm()
    return again.count()


def _originals(shared: Shared, letter: DeadLetter, left: Counter[str]) -> Iterator[tuple[int, bytes | None]]:
    """Yield the place and the bytes of each record of a letter; count in `left` the records that no longer exist."""
    if letter.runs is None:
        yield next(iter(letter.places()), (0, 0))[0], letter.original
        return
    count, found = Runs(letter.runs).count(), 0
    if letter.topic is None or letter.partition is None:
        left[f"{letter.reason}: rows of {letter.file}; ingest that file again"] += count
        return
    for record in between(shared, (letter.topic, letter.partition), letter.places()):
        found += 1
        yield record.offset, record.value
    if found < count:
        left[f"{letter.reason}: deleted from {letter.topic}, as its retention has passed"] += count - found


def _repaired(offices: Offices, letter: DeadLetter, original: bytes | None) -> tuple[Event, Settings]:
    """Return the event in a letter's record, and its office; raise `Invalid` if the record is still not valid."""
    if letter.file and not (original or b"").startswith(b"{"):
        raise Invalid(letter.reason, f"a row of {letter.file}; ingest that file again")
    if original is None:
        raise Invalid(letter.reason, "a record without a value")
    if WITHHELD.encode() in original:
        raise Invalid("number", "its telephone number was removed; let its source send it again, with a pseudonym")
    event = _DECODER.decode(original)
    only = next(iter(offices.sites)) if len(offices.sites) == 1 else ""
    settings = offices.sites.get(event.site or only)
    if isinstance(event, CallEvent) and (settings is None or event.line not in settings.lines):
        raise Invalid("unknown-line", f"{event.site or only}/{event.line} is not in the catalogue")
    if settings is None:
        raise Invalid("unknown-site", f"{event.site or 'an event without a site'} is not in the catalogue")
    return event, settings


def _of(letter: DeadLetter, runs: Runs) -> DeadLetter:
    """Return a letter reduced to a summary of its records at `runs`."""
    places = tuple(runs)
    first, last = places[0][0], places[-1][1]
    where = {"row": first} if letter.file else {"offset": first}
    return replace(letter, count=runs.count(), runs=places, last=last, **where)


def _replayed(letter: DeadLetter, again: Runs) -> bytes:
    """Return the dead letter that marks another's records as sent again."""
    why = Invalid(REPLAYED, f"it was {letter.reason}")
    return encode_letter(dead_letters.of_many(why, letter.source, again, time.time()))


def _read(shared: Shared) -> Iterable[DeadLetter]:
    for record in records(shared, topic(shared, Topic.DEAD_LETTERS)):
        with leaving_out(record):
            yield dead_letters.decode_letter(record.value or b"")
