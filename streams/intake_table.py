"""The intakes of one partition, one for each input topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from streams.desk_table import DeskTable
from streams.feed import UNKNOWN_FEED, Feed, Input
from streams.intake_state import IntakeState
from streams.intakes import CallIntake, ReadingIntake, RequestIntake, ReviewIntake, TicketIntake, WitnessIntake
from streams.number import Numbers
from streams.positions import Start
from streams.states import AnyIntake, States

INPUTS: Final[tuple[Input, ...]] = get_args(Input)
INTAKES: Final[Mapping[Input, type[AnyIntake]]] = {
    "calls": CallIntake,
    "tickets": TicketIntake,
    "readings": ReadingIntake,
    "requests": RequestIntake,
    "reviews": ReviewIntake,
    "witnesses": WitnessIntake,
}


class IntakeTable:
    """The intakes of a partition, by input and by the keys of their states."""

    def __init__(self, number: int, starts: Mapping[Input, Start], desks: DeskTable, numbers: Numbers) -> None:
        self.calls = CallIntake.resume(desks.lines, starts["calls"], numbers)
        self.tickets = TicketIntake.resume(desks.services, starts["tickets"], numbers)
        self.readings = ReadingIntake.resume(desks.lines, starts["readings"], numbers)
        self.requests = RequestIntake.resume(desks.channels, starts["requests"], numbers)
        all_desks = ReviewIntake.of_all(desks.lines, desks.services, desks.channels)
        self.reviews = ReviewIntake.resume(all_desks, starts["reviews"], numbers)
        self.witnesses = WitnessIntake.resume(desks.lines, starts["witnesses"], numbers)
        self.by_input: dict[Input, AnyIntake] = {name: getattr(self, name) for name in INPUTS}
        self.by_key = {intake_key(name, number): intake for name, intake in self.by_input.items()}


def starts(number: int, states: States, feeds: Mapping[Input, Feed]) -> dict[Input, Start]:
    """Return the starting point of each intake of a partition; without a readable record it starts from nothing."""
    return {
        name: Start(
            states.read(key, IntakeState)[0] or IntakeState(number),
            feeds.get(name, UNKNOWN_FEED),
            states.strangers(key),
        )
        for name, key in ((name, intake_key(name, number)) for name in INPUTS)
    }


def recorded(starts: Mapping[Input, Start]) -> Iterator[bytes]:
    """Yield the keys of the desks that have a record, according to the intakes' records."""
    for name, start in starts.items():
        yield from (INTAKES[name].state_key(desk.encode()) for desk in start.state.desks)


def intake_key(name: Input, number: int) -> bytes:
    """Return the key of an intake's state in the changelog, by its input and the number of its partition.

    >>> intake_key("calls", 3)
    b'intake calls 3'
    """
    return f"intake {name} {number}".encode()
