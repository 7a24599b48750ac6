"""Open data of a year, unpacked as those who load it do."""

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
    """Return the edition of a year in which a line was counted wrong."""
    found = edition(wrong())
    return PublishedEdition(found.annual, found)


def second(annual: Annual | None = None) -> PublishedEdition:
    """Return the edition after it, by default of the year once a person dismissed the miscount."""
    found = vintage([edition(wrong())], annual or year(wrong(status="dismissed")), 1_425_091_600_000)
    return PublishedEdition(found.annual, found)


def files(found: PublishedEdition, earlier: PublishedEdition | None = None) -> dict[str, str]:
    """Return the text of each file of an edition, by its name."""
    with ZipFile(BytesIO(package(found, earlier, OFFICE, PARIS))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(StringIO(text)))
