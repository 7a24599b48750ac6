"""Forged states, from which a worker starts, and forged input. What they change shows once a worker has read them."""

from __future__ import annotations

from typing import Final

from agents.kafka.client import Topic
from agents.kafka.dead_letters import DeadLetter, encode_letter
from streams.desks.channel_state import ChannelState
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.events import CallEvent, Reading, RequestEvent, ServiceReading, TicketEvent
from streams.intake_state import IntakeState
from streams.kept.record import decode, encode, position
from tests.attack.forgery import LINE, Forged, Forgery, Json, encoded
from tests.attack.stage import HEAD, SITE, Honest, Row
from tests.streams.desks.test_line_witness import MORNING

DETECTION: Final = "invented events are judged by the checks of counting alone"


def _states(honest: Honest, key: bytes) -> list[Row]:
    return [each for each in honest.rows if each.topic is Topic.STATE and each.key == key and each.value is not None]


def _line_losses(honest: Honest) -> Forged:
    """Return the line's state with the lost calls of its open days counted as answered, at its own position."""
    last = _states(honest, f"line {SITE}/{LINE}".encode())[-1]
    state = decode(last.value or b"", LineState)
    moved = ""
    for day in state.book.days.values():
        for slot in day.slots.values():
            if slot.lost:
                slot.answered, slot.lost, slot.lost_for = slot.answered + slot.lost, 0, {}
                moved = moved or day.day
    return Forged([last._replace(value=encode(state))], moved)


def _line_old(honest: Honest) -> Forged:
    """Return the line's first body under a head that claims the furthest position."""
    first, *_, last = 2 * _states(honest, f"line {SITE}/{LINE}".encode())
    state = decode(first.value or b"", LineState)
    state.offset = position(last.value or b"").offset + 50
    return Forged([last._replace(value=encode(state))], LINE)


def _junk(honest: Honest, key: str) -> Forged:
    last = _states(honest, key.encode())[-1]
    return Forged([last._replace(value=(last.value or b"")[:HEAD] + b"junk")], key)


def _mark(honest: Honest) -> Forged:
    last = _states(honest, b"intake calls 0")[-1]
    state = decode(last.value or b"", IntakeState)
    state.offset += 10**6
    return Forged([last._replace(value=encode(state))], "intake")


def _call(_honest: Honest, to: Topic = Topic.CALL_ATTEMPTS, line: str = LINE) -> Forged:
    rows = [
        Row(to, f"{SITE}/{line}".encode(), encoded({"line": line, "call": "invented", "type": kind, "at": at}))
        for kind, at in (("offered", MORNING + 5), ("answered", MORNING + 9))
    ]
    return Forged(rows, "invented")


def _repeated(honest: Honest) -> Forged:
    rows = [each for each in honest.rows if each.topic is Topic.CALL_ATTEMPTS]
    return Forged([each._replace(partition=None) for each in rows[:200]], "repeated")


def _event(to: Topic, desk: str, event: Json) -> Forged:
    return Forged([Row(to, f"{SITE}/{desk}".encode(), encoded(event | {"at": MORNING + 5}))], "invented")


def _letter(_honest: Honest) -> Forged:
    letter = DeadLetter(reason="malformed", detail="x", original=b"x", text="<b>x</b>", at=1.0)
    return Forged([Row(Topic.DEAD_LETTERS, b"k", encode_letter(letter))], "letter")


def _other_topic(honest: Honest) -> Forged:
    last = _states(honest, f"line {SITE}/{LINE}".encode())[-1]
    state = decode(last.value or b"", LineState)
    state.feed, state.offset = "another-topic", state.offset + 50
    return Forged([last._replace(value=encode(state))], LINE)


def _state(name: str, kind: object, forge: object, **more: object) -> Forgery:
    return Forgery(f"state: {name}", Topic.STATE, kind, forge, worker=True, **more)  # type: ignore[arg-type]


TICKET: Final = {"service": "cards", "ticket": "X", "type": "issued"}
READING: Final = {"line": LINE, "mode": "interval", "offered": 4, "answered": 4, "since": MORNING}
READING_OF_SERVICE: Final = {"service": "cards", "mode": "interval", "issued": 4, "served": 4, "since": MORNING}
LETTER: Final = {"channel": "mail", "request": "X", "type": "received"}
STARTING: Final = (
    _state(
        "lost calls of open days counted as answered",
        LineState,
        _line_losses,
        gone="figures of days that are not closed | their events, while kept",
    ),
    _state("of a line, of another topic", LineState, _other_topic),
    _state("of a line, old, far ahead", LineState, _line_old),
    _state("of a counter, junk", ServiceState, lambda honest: _junk(honest, f"service {SITE}/cards")),
    _state("of requests, junk", ChannelState, lambda honest: _junk(honest, f"channel {SITE}/mail")),
    _state("an intake's mark far ahead", IntakeState, _mark),
    Forgery("event: calls repeated", Topic.CALL_ATTEMPTS, CallEvent, _repeated, worker=True),
    Forgery("event: a call invented", Topic.CALL_ATTEMPTS, CallEvent, _call, worker=True, unshown=DETECTION),
    Forgery(
        "event: a call of the witness invented",
        Topic.CALL_WITNESSES,
        CallEvent,
        lambda honest: _call(honest, Topic.CALL_WITNESSES, "accueil"),
        worker=True,
        unshown=DETECTION,
    ),
    Forgery(
        "event: a ticket invented",
        Topic.COUNTER_TICKETS,
        TicketEvent,
        lambda _: _event(Topic.COUNTER_TICKETS, "cards", TICKET),
        worker=True,
        unshown=DETECTION,
    ),
    Forgery(
        "event: a reading invented",
        Topic.LINE_READINGS,
        Reading,
        lambda _: _event(Topic.LINE_READINGS, LINE, READING),
        worker=True,
        unshown=DETECTION,
    ),
    Forgery(
        "event: a reading of a service invented",
        Topic.LINE_READINGS,
        ServiceReading,
        lambda _: _event(Topic.LINE_READINGS, "cards", READING_OF_SERVICE),
        worker=True,
        unshown=DETECTION,
    ),
    Forgery(
        "event: a letter invented",
        Topic.REQUESTS,
        RequestEvent,
        lambda _: _event(Topic.REQUESTS, "mail", LETTER),
        worker=True,
        unshown=DETECTION,
    ),
    Forgery("dead letter invented", Topic.DEAD_LETTERS, DeadLetter, _letter),
)
