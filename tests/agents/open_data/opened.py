"""Open data of a year, unpacked as its users do."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

from agents.open_data.observations import PublishedEdition
from agents.open_data.package import package
from streams.indicators.annual import Annual
from streams.indicators.vintage import vintage
from tests.agents.totals.year import PARIS, edition, wrong, year

OFFICE = "Préfecture de la Lozère"


def first() -> PublishedEdition:
    """Return the edition of a year that has a miscounted line."""
    found = edition(wrong())
    return PublishedEdition(found.annual, found)


def second(annual: Annual | None = None) -> PublishedEdition:
    """Return the next edition, by default of the year after a person dismissed the miscount."""
    found = vintage([edition(wrong())], annual or year(wrong(status="dismissed")), 1_425_091_600_000)
    return PublishedEdition(found.annual, found)


def files(found: PublishedEdition, earlier: PublishedEdition | None = None) -> dict[str, str]:
    """Return the text of each file of an edition by its name."""
    with ZipFile(BytesIO(package(found, earlier, OFFICE, PARIS))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))
