"""Publications and decisions: the log, and the vintages it names."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from agents.chain.log import logged
from agents.history.notes import noted
from agents.kafka.reading import Record, place_of
from streams.chain.links import Chain, Logged
from streams.chain.vintages import Stored, Vintages, periods, publication_of, vintages
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, content_of, digest_of_figures, read_vintage


class Publications:
    """The log of decisions and publications, which has `partitions`, and the vintages.

    `notes` has the notes of decisions by hash.
    """

    def __init__(self, notes: Mapping[str, str], partitions: int) -> None:
        self._notes = notes
        self._partitions = partitions
        self._log: list[Logged] = []
        self._vintages: dict[str, dict[tuple[str, str], Stored]] = {}  # by site

    def copy(self, notes: Mapping[str, str]) -> Publications:
        """Return a copy that uses other notes."""
        copy = Publications(notes, self._partitions)
        copy._log, copy._vintages = self._log.copy(), self._vintages.copy()
        return copy

    def take_entry(self, record: Record) -> None:
        self._log += [each for each in (logged(record, self._partitions),) if each is not None]

    def take_vintage(self, record: Record, name: tuple[str, str, str], value: bytes | None) -> None:
        """Take a vintage by its site, period and content; raise `msgspec.MsgspecError` if it is no vintage."""
        site, period, content = name
        stored = {known: each for known, each in self._vintages.get(site, {}).items() if known != (period, content)}
        self._vintages[site] = stored
        if value is None:
            return
        published = msgspec.json.decode(value)
        found = Stored(
            read_vintage(value),
            content_of(published),
            digest_of_figures(published["annual"]) == published["digest"],
            place_of(record),
            record.timestamp,
        )
        self._vintages[site] = {**stored, (period, content): found}

    def chain(self, site: str) -> Chain:
        return Chain(site, self._log)

    def vintages(self, site: str, period: Period) -> list[Vintage]:
        """Return a period's vintages that are unaltered since their publication, in order."""
        found, _ = vintages(self.chain(site), self._vintages.get(site, {}), period.name)
        return [replace(each, annual=noted(each.annual, self._notes)) for each in found]

    def editions(self, site: str) -> dict[str, int]:
        """Return the number of unaltered vintages by the name of their period."""
        chain, stored = self.chain(site), self.stored(site)
        return {period: len(vintages(chain, stored, period)[0]) for period in periods(chain, stored)}

    def hash_of(self, site: str, vintage: Vintage) -> str | None:
        """Return the hash of a vintage's publication; None if the vintage is from before the chain."""
        return publication_of(self.chain(site), self.stored(site), vintage.annual.period.name, vintage.number)

    def last(self, site: str) -> str | None:
        """Return the hash of a site's last publication; None if there is none."""
        return next((link.hash for link, _ in reversed(self.chain(site).published())), None)

    def stored(self, site: str) -> Vintages:
        """Return every vintage of a site in the ledger, published or not."""
        return self._vintages.get(site, {})

    def count(self, site: str) -> tuple[int, int]:
        """Return the number of records in the log, and of a site's vintages in the ledger."""
        return len(self._log), len(self.stored(site))
