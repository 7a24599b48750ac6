"""Every number that was replaced by a pseudonym is found again in its log, for every kind of log."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from agents.callbacks.revealing import RevealingPseudonymizer
from agents.commands.callbacks import REVEALED
from agents.commands.files import Head, context_of, opened, read
from agents.dialling import numbers_of
from agents.sources.entry import Accepted
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from config.settings import load
from streams.events import CallEvent

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
FILES: Final = {
    FileKind.QUEUE_LOG: "queue_log",
    FileKind.ASTERISK_CEL: "cel.csv",
    FileKind.ASTERISK_CDR: "Master.csv",
    FileKind.AMI: "ami",
    FileKind.CALLCENTER: "callcenter",
    FileKind.FREESWITCH_CDR: "freeswitch.csv",
    FileKind.CUCM_CDR: "cucm.csv",
    FileKind.CALLS: "calls.csv",
}
KEY: Final = b"a key of the tests only"


def callers(kind: FileKind, pseudonym: Pseudonymizer) -> set[str]:
    """Return the callers in an example file."""
    files = [EXAMPLES / FILES[kind]]
    settings = load(EXAMPLES / "office.yaml", {})
    mapping = "exchange" if kind is FileKind.CALLS else None
    context = context_of(kind, files, settings, pseudonym, None, None, mapping)
    with opened(files) as rows:
        events = [each.event for each in read(kind, Head(files, rows), context, settings) if isinstance(each, Accepted)]
    return {each.caller for each in events if isinstance(each, CallEvent) and each.caller is not None}


@pytest.mark.parametrize("kind", REVEALED)
def test_every_caller_of_a_log_is_found_again_and_nobody_who_was_not_asked_for(kind: FileKind) -> None:
    numbers = numbers_of(load(EXAMPLES / "office.yaml", {}))
    known = callers(kind, Pseudonymizer(KEY, numbers))
    assert len(known) > 1
    wanted = sorted(known)[1:]
    revealing = RevealingPseudonymizer(KEY, numbers).wanting(wanted)
    assert callers(kind, revealing) == known
    assert sorted(revealing.found) == wanted
    assert {Pseudonymizer(KEY, numbers).of(number) for number in revealing.found.values()} == set(wanted)
    other = RevealingPseudonymizer(b"another key of the tests", numbers).wanting(wanted)
    assert callers(kind, other).isdisjoint(known)
    assert other.found == {}
