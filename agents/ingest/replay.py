"""Dead letters listed, and sent again once the configuration is mended."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from agents.chain.log import Continuing
from agents.ingest.send import address
from agents.kafka import dead_letters
from agents.kafka.client import Topic, topic
from agents.kafka.dead_letters import DeadLetter
from agents.kafka.reading import records
from agents.kafka.sending import sending
from config.settings import Settings
from streams.decoding import AnyDecoder, Invalid
from streams.events import CallEvent, Event, Review

REPLAYED = "replayed"  # the reason of a letter that marks another as sent again

LetterKey = tuple[str | None, int | None, int | None, str | None, int | None]  # where a refused record stood


class Replay(NamedTuple):
    """Tell how many dead letters were sent again, and why each of the others was not."""

    sent: int
    left: list[tuple[DeadLetter, str]]


def waiting(settings: Settings) -> list[DeadLetter]:
    """Return the dead letters that were not sent again yet, each once, in the order they came.

    A crash may bury a record twice: letters are the same where their records stood in the same place.
    """
    letters: dict[LetterKey, DeadLetter] = {}
    for letter in sorted(_read(settings), key=lambda letter: letter.at):
        key = (letter.topic, letter.partition, letter.offset, letter.file, letter.row)
        if letter.reason == REPLAYED:
            letters.pop(key, None)
        else:
            letters.setdefault(key, letter)
    return list(letters.values())


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> Replay:
    """Send the records that are good events by now to their topics, each under its right key.

    Raises `KafkaError` where the broker refuses one or does not answer.
    """
    sent, left = 0, []
    decoder = AnyDecoder()
    with sending(settings) as sender:
        log = Continuing(settings, sender)
        for letter in letters:
            try:
                event = _mended(settings, letter, decoder)
            except Invalid as why:
                left.append((letter, str(why)))
                continue
            name, key = address(settings, event)
            if isinstance(event, Review):
                log.decide(key, event)
            else:
                sender.send(topic(settings, name), key, letter.original)
            sender.confirm()
            sender.send(topic(settings, Topic.DEAD_LETTERS), key, _replayed(letter))
            sender.confirm()
            sent += 1
    return Replay(sent, left)


def _mended(settings: Settings, letter: DeadLetter, decoder: AnyDecoder) -> Event:
    """Return the event that a letter's record is by now; raise `Invalid` where it still is none."""
    if letter.original is None or (letter.file and not letter.original.startswith(b"{")):
        raise Invalid(letter.reason, f"a row of {letter.file}; ingest that file again")
    event = decoder.decode(letter.original)
    if isinstance(event, CallEvent) and (event.line not in settings.lines or event.site not in {None, settings.site}):
        raise Invalid("unknown-line", f"{event.site or settings.site}/{event.line} is not in the catalogue")
    return event


def _replayed(letter: DeadLetter) -> bytes:
    """Return the dead letter that marks another as sent again."""
    return dead_letters.encode_letter(
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
        yield dead_letters.decode_letter(record.value or b"")
