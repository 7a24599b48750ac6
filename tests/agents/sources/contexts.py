"""The context of a file for the tests: an office in France with no line, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agents.sources.context import Context
from agents.sources.contract import EVENTS
from agents.sources.entry import Entry
from agents.sources.pseudonym import Pseudonymizer
from tests.agents.sources.pseudonyms import PSEUDONYM


def context(**changes: Any) -> Context:
    """Return a context with these values; a number dialled leads to the same lines as a queue's name."""
    line_of = changes.get("line_of", {}.get)
    told = {"source": "pbx", "site": "lozere", "zone": "Europe/Paris", "pseudonym": PSEUDONYM}
    return Context(**{**told, "line_of": line_of, "dialled": line_of, **changes})


def events(lines: Iterable[bytes], pseudonym: Pseudonymizer = PSEUDONYM) -> Iterator[Entry]:
    """Read contract events."""
    return EVENTS.read(lines, context(pseudonym=pseudonym))
