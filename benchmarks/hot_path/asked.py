"""What a program is asked to read: a broker, an office's topics, how many events they hold; from its environment."""

from __future__ import annotations

import os
from typing import NamedTuple

PARTITIONS = 4


class Asked(NamedTuple):
    """Name a broker, what the names of an office's topics begin with, and how many events there are in all."""

    broker: str
    prefix: str
    events: int

    @property
    def calls(self) -> str:
        """Return the topic of the calls."""
        return f"{self.prefix}call-attempts"

    @property
    def tickets(self) -> str:
        """Return the topic of the tickets."""
        return f"{self.prefix}counter-tickets"

    @property
    def topics(self) -> list[str]:
        """Return both topics."""
        return [self.calls, self.tickets]

    def environment(self) -> dict[str, str]:
        """Return the variables that `asked` reads."""
        return {f"BENCH_{name.upper()}": str(value) for name, value in self._asdict().items()}


def asked() -> Asked:
    """Return what the environment asks for."""
    broker, prefix, events = (os.environ[f"BENCH_{name.upper()}"] for name in Asked._fields)
    return Asked(broker, prefix, int(events))
