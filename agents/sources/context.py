"""Everything that a reader needs besides the bytes of its file, made from settings and options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.sources.pseudonym import Pseudonymizer
from agents.sources.trace import Trace
from config.exchanges import Exchanges
from config.mapping import Table
from streams.tickets.polls import PolledQueue


@dataclass(frozen=True, kw_only=True)
class Context:
    """The site, the lines and the mapping of a file, and the counts of its rows that give no event."""

    source: str  # the system that wrote the file
    site: str
    zone: str  # of times written without one
    pseudonym: Pseudonymizer
    line_of: Callable[[str], str | None]  # the line of a queue's name
    dialled: Callable[[str], str | None]  # the line of a number dialled, if the configuration has it
    file: str = "file"  # its name, for messages
    exchanges: Exchanges = field(default_factory=Exchanges)  # their settings
    mapping: str = ""  # the name of the table's mapping
    table: Table | None = None  # the mapping itself
    queues: dict[str, PolledQueue] = field(default_factory=dict)  # the state of each polled queue of a whole file
    aside: Counter[str] = field(default_factory=Counter)  # rows of no call to a line, and a reader's other counts
    trace: Trace | None = None  # of the call to explain
    witness: bool = False  # whether it is the second record of its lines
