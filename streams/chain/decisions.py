"""The decisions on incidents: those in the log beside those in the incidents, which must agree.

A worker follows the decisions under the key of its line, and an incident keeps the latest of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, TypeAlias

from streams.chain.links import Link, of_decision
from streams.decoding import Invalid
from streams.events import Review
from streams.kept.times import DAY_MS
from streams.number import ANY_NUMBERS, MORE, withheld
from streams.said import Said
from streams.watch.incident import MAX_DECISIONS, Decided, Incident
from streams.watch.review import decided, desk_of

SECOND_MS: Final = 1000  # an incident's record has its moments in seconds


class LoggedDecision(NamedTuple):
    """A decision of the log that a worker follows."""

    link: Link
    review: Review
    decided: Decided

    @property
    def words(self) -> Said:
        """The decision, with numbers withheld."""
        return of_decision(self.review)


LoggedDecisions: TypeAlias = Mapping[tuple[str, str], Sequence[LoggedDecision]]  # by desk (`site/name`) and incident


def decisions_in(log: Iterable[Link]) -> LoggedDecisions:
    """Return the decisions in the entries of a log; without answers and invalid decisions."""
    found = defaultdict[tuple[str, str], list[LoggedDecision]](list)
    for link in log:
        key = link.logged.key.decode(errors="replace")
        with suppress(Invalid):
            if isinstance(link.entry, Review) and link.entry.decision != "answer":
                review, one = link.entry, decided(link.entry)
                if key == f"{link.logged.site}/{desk_of(review).name}":
                    found[key, one.incident].append(LoggedDecision(link, review, one))
    return found


def unlogged(incident: Incident, logged: Sequence[LoggedDecision]) -> Iterator[Decided]:
    """Yield the decisions of an incident that the log does not have."""
    known = {_facts(each.decided) for each in logged}
    whats = {_what(each.decided) for each in logged}
    full = len(incident.decisions) >= MAX_DECISIONS  # the first one may have the bounds of those before it
    for number, each in enumerate([*incident.decisions, *_taken(incident)]):
        if _what(each) not in whats if full and number == 0 else _facts(each) not in known:
            yield each


def unfollowed(incident: Incident, logged: Sequence[LoggedDecision], until: int) -> Iterator[LoggedDecision]:
    """Yield the decisions of the log, up to an offset, that an incident lacks.

    An incident keeps only its latest decisions and who took it last, and a line refuses a decision that was dated a day
    ahead.
    """
    known = {_what(each) for each in (*incident.decisions, *_taken(incident))}
    oldest = incident.decisions[0].at if len(incident.decisions) >= MAX_DECISIONS else 0
    last = max((each.at // SECOND_MS + 1 for each in _taken(incident)), default=0) * SECOND_MS
    for each in logged:
        at, record = each.decided.at, each.link.logged
        since = last if each.decided.decision == "take" else oldest
        followed = record.offset <= until and since <= at <= record.written + DAY_MS
        if followed and _what(each.decided) not in known:
            yield each


def _taken(incident: Incident) -> list[Decided]:
    return [] if incident.taken is None else [incident.taken]


def _what(each: Decided) -> tuple[str, int, str, str]:
    by = withheld(each.by, ANY_NUMBERS, MORE)  # as a worker keeps it
    return each.decision, each.at // SECOND_MS, by, each.note_digest


def _facts(each: Decided) -> tuple[object, ...]:
    bounds = (None if at is None else at // SECOND_MS for at in (each.start, each.end))
    return (*_what(each), *bounds)
