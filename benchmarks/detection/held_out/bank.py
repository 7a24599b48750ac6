"""A bank's real callers: its days drawn in blocks, with the bad days kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.detection.bank_world import Bank, BankWorld
from benchmarks.detection.held_out.world import USUAL, Conditions
from benchmarks.detection.office import LINE, office
from config.settings import Settings
from streams.simulation.attempt import Attempt
from streams.simulation.office import OfficeDay

SERVICE = "PS"
BLOCK = 5  # opening days: a week


class BankLine:
    """The real calls of one line."""

    def __init__(self, bank: Bank, days: Sequence[OfficeDay], seed: int) -> None:
        self.days = days
        self.rate = bank.profile().expected_lost_rate
        self._world = BankWorld(bank, days, seed)

    def attempts(self, number: int, conditions: Conditions) -> list[Attempt]:
        """Return the attempts of a day. Raise `ValueError` for any but usual conditions: real days do not change."""
        if conditions != USUAL:
            raise ValueError("real days have no other conditions; expected a situation without them")
        return self._world.day(self.days[number])[LINE]


class BankFile:
    """Makes lines from a file of real calls."""

    def __init__(self, file: Path) -> None:
        self._bank = Bank(file=str(file), service=SERVICE, calls_a_day=0, block=BLOCK)

    @property
    def rate(self) -> float:
        """The file's own lost rate: no line loses more."""
        return self._bank.profile().expected_lost_rate

    def settings(self) -> Settings:
        return office(bank=True)

    def world(self, days: Sequence[OfficeDay], calls: float, rate: float, seed: int) -> BankLine:
        return BankLine(replace(self._bank, calls_a_day=calls, rate=min(rate, self.rate)), days, seed)
