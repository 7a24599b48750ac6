"""What became of the dead letters: listed, and after a mend sent again."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from agents.ingest.send import address
from agents.kafka import dead_letters
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import DeadLetter
from agents.kafka.reading import records
from agents.kafka.sending import sending
from config.settings import Settings
from streams.decoding import AnyDecoder, Invalid
from streams.events import CallEvent, Event

REPLAYED = "replayed"

Place = tuple[str | None, int | None, int | None, str | None, int | None]


class Replay(NamedTuple):
    """Tell how many dead letters were sent again, and why each of the others was not."""

    sent: int
    left: list[tuple[DeadLetter, str]]


def waiting(settings: Settings) -> list[DeadLetter]:
    """Return the dead letters that were not sent again yet, each once, in the order they came.

    A crash may bury a record twice: what tells letters apart is where the record stood.
    """
    letters: dict[Place, DeadLetter] = {}
    for letter in sorted(_read(settings), key=lambda letter: letter.at):
        place = (letter.topic, letter.partition, letter.offset, letter.file, letter.row)
        if letter.reason == REPLAYED:
            letters.pop(place, None)
        else:
            letters.setdefault(place, letter)
    return list(letters.values())


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> Replay:
    """Send the letters whose record is a good event by now to its topic, by its right key.

    Raises `KafkaError` where the broker refuses one or does not answer.
    """
    sent, left = 0, []
    decoder = AnyDecoder()
    with sending(settings) as sender:
        for letter in letters:
            try:
                event = _mended(settings, letter, decoder)
            except Invalid as why:
                left.append((letter, str(why)))
                continue
            name, key = address(settings, event)
            sender.send(topic(settings, name), key, letter.original)
            sender.confirm()
            sender.send(topic(settings, Topic.DEAD_LETTERS), key, _mark(letter))
            sender.confirm()
            sent += 1
    return Replay(sent, left)


def _mended(settings: Settings, letter: DeadLetter, decoder: AnyDecoder) -> Event:
    """Return the event that a letter's record is by now, or raise `Invalid`."""
    if letter.original is None or (letter.file and not letter.original.startswith(b"{")):
        raise Invalid(letter.reason, f"a row of {letter.file}; ingest that file again")
    event = decoder.decode(letter.original)
    if isinstance(event, CallEvent) and (event.line not in settings.lines or event.site not in {None, settings.site}):
        raise Invalid("unknown-line", f"{event.site or settings.site}/{event.line} is not in the catalogue")
    return event


def _mark(letter: DeadLetter) -> bytes:
    return dead_letters.encode(
        DeadLetter(
            reason=REPLAYED,
            detail=f"sent again; it was {letter.reason}",
            original=None,
            text="",
            at=time.time(),
            topic=letter.topic,
            partition=letter.partition,
            offset=letter.offset,
            file=letter.file,
            row=letter.row,
        )
    )


def _read(settings: Settings) -> Iterable[DeadLetter]:
    for record in records(settings, topic(settings, Topic.DEAD_LETTERS)):
        yield dead_letters.decode(record.value or b"")
