"""The links between the entries of a site's chain, and their breaches.

An entry names every entry that had no successor when it was written (`after`). Two persons who decide at once name the
same entry, so the chain forks, and the next entry names both decisions. A fork is no breach, but a hole is: an entry
names another that is missing from the log, though its writer had read it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, NamedTuple

from streams.chain.breach import Breach, BreachKind
from streams.chain.entry import Entry, Erased, Opened, Published, decode_entry, hash_of
from streams.decoding import UNREADABLE, Invalid
from streams.events import MAX_EPOCH, Review, Reviewed, milliseconds
from streams.number import ANY_NUMBERS, withheld
from streams.said import Said, said
from streams.watch.review import start_of

_DECISIONS: Final = {
    "confirm": said("confirmation of {what} by {who}"),
    "dismiss": said("dismissal of {what} by {who}"),
    "reopen": said("reopening of {what} by {who}"),
    "declare": said("declaration of a miscount of {what} by {who}"),
    "answer": said("answer about a call of {what} by {who}"),
    "take": said("assignment of {what} to {who}"),
}
_OPENING: Final = said("opening of the chain")
_OTHER_ENTRIES: Final = {Opened: _OPENING, Erased: said("erasure of a note")}


class Logged(NamedTuple):
    """A record of the log and its place."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    topic: str = ""
    written: int = 0  # epoch ms, according to its writer
    at_home: bool = True  # in the partition of its key

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"

    @property
    def site(self) -> str:
        """The site, according to the key."""
        return self.key.decode(errors="replace").partition("/")[0]


class Link(NamedTuple):
    """An entry or a decision in the chain."""

    hash: str
    entry: Entry | Review
    logged: Logged

    @property
    def after(self) -> tuple[str, ...]:
        """The hashes of the entries that it names."""
        return () if isinstance(self.entry, Opened) else self.entry.after or ()


class Chain:
    """A site's log in order, and its breaches.

    >>> chain = Chain("lozere", [Logged(0, 0, b"lozere/standard", b'{"decision": "reopen", "at": 1, "by": "m"}')])
    >>> chain.opened, chain.heads(), len(chain.earlier), chain.breaches
    (None, (), 1, [])
    """

    def __init__(self, site: str, log: Iterable[Logged]) -> None:
        self.site: Final = site
        self.opened: Opened | None = None
        self.earlier: list[Logged] = []  # decisions from before the opening
        self.links: dict[str, Link] = {}  # by hash: entries whose predecessors are all present
        self.decisions: list[Link] = []  # every decision that workers follow, chained or not
        self.breaches: list[Breach] = []
        self._gather(sorted(each for each in log if each.site == site))

    def heads(self) -> tuple[str, ...]:
        """Return the hashes of the entries without a successor, which the next entry names."""
        followed = {name for link in self.links.values() for name in link.after}
        return tuple(sorted(self.links.keys() - followed))

    def published(self) -> list[tuple[Link, Published]]:
        """Return the publications in order."""
        return [(link, link.entry) for link in self.links.values() if isinstance(link.entry, Published)]

    def erased(self) -> set[str]:
        return {link.entry.note for link in self.links.values() if isinstance(link.entry, Erased)}

    def noted(self) -> Iterator[tuple[Link, Review]]:
        for link in self.links.values():
            if isinstance(link.entry, Review) and link.entry.note_digest:
                yield link, link.entry

    def behind(self, names: Iterable[str]) -> set[str]:
        """Return the hashes of these links and of all their predecessors."""
        return behind(self.links, names)

    def missing(self, notes: Mapping[str, object]) -> Iterator[Breach]:
        """Yield a breach for each missing note that was not erased; `notes` has the existing notes by hash."""
        erased = self.erased()
        for link, review in self.noted():
            if review.note_digest in erased and review.note_digest in notes:
                yield breach(
                    "note-changed",
                    link.logged,
                    of_decision(review),
                    said("the note of this decision was erased, and is there still, or again; erase it once more"),
                    year_decided(review),
                )
            if review.note_digest not in notes and review.note_digest not in erased:
                yield breach(
                    "note-changed",
                    link.logged,
                    of_decision(review),
                    said("the note of this decision is missing or was changed, without an erasure"),
                    year_decided(review),
                )

    def _gather(self, log: list[Logged]) -> None:
        read = list(self._placed(self._read(log)))
        self.decisions = [link for link in read if isinstance(link.entry, Review) and link.logged.at_home]
        known = {link.hash: link for link in read}
        first = self._opening(read, known)
        self.opened = None if first is None else first.entry
        for link in read:
            entry, logged = link.entry, link.logged
            if isinstance(entry, Review) and (first is None or first.covers(logged)):
                self.earlier.append(logged)
            elif link.hash in self.links:
                self._note("entry-repeated", link, said("is in the log twice"))
            elif isinstance(entry, Review) and not entry.after:
                self._note(
                    "decision-unchained",
                    link,
                    said("this decision does not follow the chain: it was not taken by Tocsin"),
                )
            elif not known.keys() >= set(link.after) or not (link.after or isinstance(entry, Opened)):
                self._note(
                    "entry-missing",
                    link,
                    said("the entry that it follows is not in the log: deleted, or never written by Tocsin"),
                )
            else:
                self.links[link.hash] = link
        if first is not None and earlier_hash(self.earlier) != first.entry.earlier:
            self.breaches.append(
                Breach(
                    kind="earlier-changed",
                    subject=said("decisions before the chain"),
                    says=said("the decisions before the chain were changed"),
                )
            )

    def _opening(self, read: Iterable[Link], known: Mapping[str, Link]) -> _Opening | None:
        """Return the opening that counts, and note the others as breaches.

        Publications fix the chain behind them, so the first opening behind a publication counts; without publications,
        the first in the log. A second opening of the same earlier records is none: two persons began the chain at once.
        """
        openings = [_Opening(link.entry, link.logged) for link in read if isinstance(link.entry, Opened)]
        published = behind(known, (link.hash for link in read if isinstance(link.entry, Published)))
        fixed = [each for each in openings if hash_of(each.logged.value) in published]
        first = next(iter(fixed or openings), None)
        for each in openings:
            if each.is_ahead:
                says = said("it covers records that came after it: Tocsin did not write it")
                self.breaches.append(breach("opening-impossible", each.logged, _OPENING, says, None))
            elif first is not None and each.fixes != first.fixes:
                says = said("a second opening, which covers other records than the first: Tocsin did not write it")
                self.breaches.append(breach("opening-repeated", each.logged, _OPENING, says, None))
        return first

    def _placed(self, read: Iterable[Link]) -> Iterator[Link]:
        """Yield the entries that are where Tocsin writes them; note the others as breaches."""
        for link in read:
            entry, logged = link.entry, link.logged
            if isinstance(entry, Review):
                if logged.at_home or not entry.after:
                    yield link
                    continue
            elif logged.at_home and logged.key == entry.site.encode():
                yield link
                continue
            self._note("entry-misplaced", link, said("outside the partition of its key: Tocsin did not write it"))

    def _read(self, log: Iterable[Logged]) -> Iterator[Link]:
        for logged in log:
            try:
                yield Link(hash_of(logged.value), decode_entry(logged.value), logged)
            except UNREADABLE:
                says = said("neither a decision nor a publication")
                self.breaches.append(breach("entry-unreadable", logged, said("an entry of the log"), says, None))

    def _note(self, kind: BreachKind, link: Link, says: Said) -> None:
        entry = link.entry
        if isinstance(entry, Review):
            subject, year = of_decision(entry), year_decided(entry)
        elif isinstance(entry, Published):
            subject, year = said("publication of {period}", period=entry.of), entry.year
        else:
            subject, year = _OTHER_ENTRIES[type(entry)], None
        self.breaches.append(breach(kind, link.logged, subject, says, year))


class _Opening(NamedTuple):
    """An opening of the chain and its place."""

    entry: Opened
    logged: Logged

    @property
    def is_ahead(self) -> bool:
        """Whether it covers records of its own partition that came after it."""
        return self.entry.ends.get(str(self.logged.partition), 0) > self.logged.offset

    @property
    def fixes(self) -> tuple[dict[str, int], str]:
        """The offsets at which the chain begins, and the hash of the earlier decisions."""
        return self.entry.ends, self.entry.earlier

    def covers(self, logged: Logged) -> bool:
        """Return whether a record is from before the chain."""
        end = self.entry.ends.get(str(logged.partition), 0)
        return logged.offset < (min(end, self.logged.offset) if logged.partition == self.logged.partition else end)


def behind(links: Mapping[str, Link], names: Iterable[str]) -> set[str]:
    """Return the hashes of these links and of all their predecessors, as far as `links` has them."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in links and name not in found:
            found.add(name)
            waiting += links[name].after
    return found


def breach(kind: BreachKind, logged: Logged, subject: str, says: Said, year: int | None) -> Breach:
    return Breach(kind=kind, subject=subject, says=says, year=year, place=logged.place, at=logged.written)


def earlier_hash(log: Iterable[Logged]) -> str:
    """Return the hash of the decisions before the chain, in order."""
    return sha256("".join(hash_of(each.value) for each in sorted(log)).encode()).hexdigest()


def of_decision(review: Review) -> Said:
    """Name a decision, with its numbers withheld: a person who wrote it without Tocsin may have included one."""
    return decision_of(review.decision, review.incident or review.line or "", review.by)


def decision_of(decision: Reviewed, what: str, who: str) -> Said:
    what, who = (withheld(each, ANY_NUMBERS) for each in (what, who))
    return said(_DECISIONS[decision], what=what, who=who)


def year_decided(review: Review) -> int | None:
    """Return the year whose figures a decision affects, or None if it affects several years or the year is unknown."""
    try:
        start = start_of(review.incident or "") if review.from_ is None else milliseconds(review.from_)
    except Invalid:
        return None
    end = start if review.to is None else milliseconds(review.to)
    if not 0 <= min(start, end) <= max(start, end) <= MAX_EPOCH * 1000:  # written without Tocsin
        return None
    years = {datetime.fromtimestamp(at / 1000, UTC).year for at in (start, end)}
    return years.pop() if len(years) == 1 else None
