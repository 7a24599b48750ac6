"""Every surface of an office that names a figure, its figures, and the surfaces that name none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import duckdb
import psycopg
import pytest

from agents.report.format import DOWNLOADS, Format
from tests.agents.warehouse.server import SERVER, given_schema, postgres
from tests.agreement import files, pages
from tests.agreement.files import Named
from tests.agreement.office import Office
from tests.agreement.shown import Reading
from tests.golden.plain import plain
from tests.golden.surfaces import period_options

Read: TypeAlias = Callable[[Office, Named], Iterator[Reading]]

YEAR, QUARTER, MONTH = "2013", "2013-Q1", "2013-04"
DAYS: Final = ("2013-03-13", "2013-04-25", "2013-04-30")  # of the miscount, of the withheld line, the last
API: Final = "/api/v1/sites/lozere"
TODAY: Final = f"{DAYS[-1]}/{DAYS[-1]}"
PERIODS: Final = (YEAR, QUARTER, MONTH, *(f"{day}/{day}" for day in DAYS))
LINES: Final = (
    *("standard", "circulation", "titres", "etrangers"),
    *("numero-unique", "accueil", "permis", "urgences"),
)
CASES: Final = ("services/cartes", "channels/email", "channels/im341")
OF_TEXT: Final[Mapping[Format, files.Reader]] = {
    Format.TABLE: files.table,
    Format.JSON: files.from_json,
    Format.CSV: files.from_csv,
    Format.HTML: files.html,
    Format.PDF: files.pdf,
    Format.OPEN_DATA: files.open_data,
    Format.NOTICE: files.notice,
    Format.PROMETHEUS: files.prometheus,
}


def addresses() -> Iterator[str]:
    """Yield the pages that are read; incidents are assessed in the background, so their list comes last."""
    for line in LINES:
        for period in PERIODS:
            asked = f"/lines/{line}?period={_in_address(period)}"
            yield from (asked, *(f"{asked}&format={each}" for each in ("json", "csv")), f"{API}{asked}")
    for desk in CASES:
        for period in PERIODS:
            asked = f"/{desk}?period={_in_address(period)}"
            yield from (asked, f"{asked}&format=json")
    yield from (f"/years/{period}" for period in (YEAR, QUARTER, MONTH))
    yield f"{API}/totals/{QUARTER}"
    yield from (f"/years/{QUARTER}?format={each}" for each in DOWNLOADS)
    yield from ("/", "/metrics", "/callbacks", "/incidents")


def _in_address(period: str) -> str:
    return period.partition("/")[0]


def _written(written_as: Format, office: Office, named: Named) -> Iterator[Reading]:
    for period in PERIODS if written_as is not Format.PDF else (YEAR, MONTH):
        content = office.file(written_as, period)
        if written_as is Format.XLSX:
            yield from files.xlsx(content, period, named)
        else:
            yield from OF_TEXT[written_as](plain(content), period, named)


def _parquet(office: Office, named: Named) -> Iterator[Reading]:
    """Write one period after another to the same folder, and then read each."""
    with TemporaryDirectory() as folder, duckdb.connect() as sql:
        for period in (YEAR, QUARTER, MONTH):
            office.run("totals", *period_options(period), "--format", "parquet", "--out", folder)
        for table in ("slots", "vintages"):
            sql.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder}/{table}/**/*.parquet'")

        def query(asked: str) -> tuple[list[str], list[Any]]:
            found = sql.sql(asked)
            return found.columns, found.fetchall()

        for period in (YEAR, QUARTER, MONTH):
            yield from files.tables(query, period, named)


def _postgres(office: Office, named: Named) -> Iterator[Reading]:
    """Write one period after another to the same tables, and then read each."""
    if SERVER is None:
        pytest.skip("there is no PostgreSQL: apt install postgresql")
    with postgres() as administrator, pytest.MonkeyPatch.context() as patch:
        for name, value in given_schema(administrator).items():
            patch.setenv(name, value)
        for period in (YEAR, MONTH):
            office.run("totals", *period_options(period), "--format", "postgres")
        with psycopg.connect(options="-c search_path=tocsin") as sql:

            def query(asked: str) -> tuple[list[str], list[Any]]:
                found = sql.execute(asked.encode())
                return [each.name for each in found.description or ()], found.fetchall()

            for period in (YEAR, MONTH):
                yield from files.tables(query, period, named)


def _download(name: str, office: Office, named: Named) -> Iterator[Reading]:
    address, written_as = f"/years/{QUARTER}?format={name}", DOWNLOADS[name].written_as
    if written_as is Format.XLSX:
        yield from files.xlsx(office.pages[address], QUARTER, named)
    else:
        read = files.spreadsheet if DOWNLOADS[name].sheet else OF_TEXT[written_as]
        yield from read(office.page(address), QUARTER, named)


def _totals(office: Office, named: Named) -> Iterator[Reading]:
    for period in PERIODS:
        yield from files.table(office.run("totals", *period_options(period)), period, named)
        yield from files.spreadsheet(office.run("totals", *period_options(period), "--csv", "en"), period, named)


def _mail(office: Office, named: Named) -> Iterator[Reading]:
    for day in DAYS:
        for mail in office.mails(day):
            yield from pages.mail(mail, f"{day}/{day}", named)


def _desk_pages(office: Office, _named: Named) -> Iterator[Reading]:
    for desk in CASES:
        for period in PERIODS:
            asked = f"/{desk}?period={_in_address(period)}"
            yield from pages.case_page(office.page(asked), desk.partition("/")[2], period)
            yield from pages.case_json(office.page(f"{asked}&format=json"), desk.partition("/")[2], period)
    for line in LINES:
        for period in PERIODS:
            asked = f"/lines/{line}?period={_in_address(period)}"
            yield from pages.line_page(office.page(asked), line, period)
            yield from pages.line_json(office.page(f"{asked}&format=json"), line, period)
            yield from pages.line_csv(office.page(f"{asked}&format=csv"), line, period)


def _api_lines(office: Office, _named: Named) -> Iterator[Reading]:
    for line in LINES:
        for period in PERIODS:
            asked = f"{API}/lines/{line}?period={_in_address(period)}"
            yield from pages.line_json(office.page(asked), line, period)


def _api_totals(office: Office, named: Named) -> Iterator[Reading]:
    yield from files.from_json(office.page(f"{API}/totals/{QUARTER}"), QUARTER, named)


def _years(office: Office, named: Named) -> Iterator[Reading]:
    for period in (YEAR, QUARTER, MONTH):
        yield from files.html(office.page(f"/years/{period}"), period, named)


def _incident(office: Office, _named: Named) -> Iterator[Reading]:
    for each in (each for each in office.history.incidents.of().values() if "line" in each):
        yield from pages.incident_page(office.page(f"/incidents/{each['id']}"), each["line"])


_OTHERWISE: Final = {Format.TABLE, Format.PARQUET, Format.POSTGRES}  # by the command, and by SQL
SURFACES: Final[Mapping[str, Read]] = {
    **{f"format {each}": partial(_written, each) for each in Format if each not in _OTHERWISE},
    "format parquet": _parquet,
    "format postgres": _postgres,
    **{f"download {each}": partial(_download, each) for each in DOWNLOADS},
    "command totals": _totals,
    "command mail": _mail,
    "command worker": lambda office, _: pages.scraped(office.scraped(), YEAR),
    "page /": lambda office, _: pages.cards(office.page("/"), TODAY),
    "page /{kind}/{name}": _desk_pages,
    "page /years/{name}": _years,
    "page /api/v1/sites/{site}/{kind}/{name}": _api_lines,
    "page /api/v1/sites/{site}/totals/{name}": _api_totals,
    "page /incidents/{id}": _incident,
    "page /incidents": lambda office, _: pages.incident_list(office.page("/incidents")),
    "page /metrics": lambda office, named: files.prometheus(office.page("/metrics"), YEAR, named),
}
