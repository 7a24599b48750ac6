"""A sum of services and one of channels, on every surface of a year's figures."""

from __future__ import annotations

import csv
import json
from io import StringIO

import msgspec
import pytest

from agents.language import Language
from agents.open_data.observations import PublishedEdition, observations
from agents.open_data.statement import statement
from agents.report.html import page as written
from agents.report.material import Material
from agents.report.report import report_of
from agents.totals.document import document
from agents.totals.rows import rows
from agents.totals.telling import Telling
from config.settings import Settings
from streams.indicators.annual import Annual
from tests.agents.totals.year import PARIS
from tests.streams.indicators.test_sums import BOTH, FIRST, divided_by_60, made, register


@pytest.fixture(scope="module")
def annual() -> Annual:
    return made([*BOTH, *register("im341", 6, 3), *register("im342", 2, 1)], divided_by_60(FIRST, FIRST))


def test_programs_get_it_like_a_service_of_its_own(annual: Annual) -> None:
    found = json.loads(msgspec.json.encode(document(annual, PARIS)))
    whole, indicators = found["services"]["ensemble"], {each["id"]: each for each in found["indicators"]}
    assert (whole["raw"]["mean_wait"], whole["corrected"]["mean_wait"]) == (540.0, 540.0)
    assert found["requests"]["titres"]["corrected"]["mean_days"] == 2.5
    assert indicators["wait:ensemble"]["parts"] == ["cartes", "permis"]
    assert indicators["wait:ensemble"]["incidents"] == ["permis-unit"]
    assert "parts" not in indicators["wait:cartes"]
    found_rows = {row["id"]: row for row in csv.DictReader(StringIO(rows(annual, PARIS)))}
    assert (float(found_rows["wait:ensemble"]["corrected"]), found_rows["wait:ensemble"]["method"]) == (9.0, "exclude")


def test_open_data_has_its_rows_and_its_definition(annual: Annual) -> None:
    edition = PublishedEdition(annual, None)
    of_sum = [row for row in observations(edition, "Préfecture", PARIS) if row["objet"] == "titres"]
    assert of_sum[0]["valeur"] == 2.5
    assert of_sum[0]["numerateur"] == 20 * len({each.day for each in BOTH})
    says = statement(edition, "Préfecture", PARIS, Language.FR, None)
    assert "- Cartes grises et permis : cartes + permis ensemble." in says


def test_the_report_shows_it_where_its_parts_are(annual: Annual) -> None:
    page = written(report_of(Material(annual, Settings(site="lozere"), Telling(Language.FR, PARIS))))
    counters, titles = page.index('id="counters"'), page.index('id="titles"')
    assert page.index("cartes + permis ensemble", counters) < titles
    assert "im341 + im342 ensemble" in page[titles:]
    assert "Le délai moyen de traitement est de 2,50" in page.replace("\u00a0", " "), "as of each title"
