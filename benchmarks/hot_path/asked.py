"""The input of a program: a broker, an office's topics, and their number of events; from its environment."""

from __future__ import annotations

import os
from typing import NamedTuple

PARTITIONS = 4


class Asked(NamedTuple):
    """A broker, the prefix of an office's topics, and their number of events."""

    broker: str
    prefix: str
    events: int

    @property
    def calls(self) -> str:
        return f"{self.prefix}call-attempts"

    @property
    def tickets(self) -> str:
        return f"{self.prefix}counter-tickets"

    @property
    def topics(self) -> list[str]:
        return [self.calls, self.tickets]

    def environment(self) -> dict[str, str]:
        """Return the variables that `asked` reads."""
        return {f"BENCH_{name.upper()}": str(value) for name, value in self._asdict().items()}


def asked() -> Asked:
    """Return the input that the environment names."""
    broker, prefix, events = (os.environ[f"BENCH_{name.upper()}"] for name in Asked._fields)
    return Asked(broker, prefix, int(events))
