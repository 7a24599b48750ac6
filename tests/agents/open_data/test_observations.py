"""Each row has a figure with its quality. Uncounted figures are never 0, and withheld ones are absent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agents.open_data.columns import INDICATORS
from agents.open_data.observations import Observation, PublishedEdition, key_of, observations
from streams.indicators.annual import Annual
from streams.indicators.annual import annual as annual_of
from streams.indicators.period import Period
from streams.ledger.day import CallSlot
from tests.agents.open_data.opened import OFFICE, files, first
from tests.agents.totals.year import HOSTILE, LINES, PARIS, wrong, year
from tests.streams.indicators.telling import held, line_days, plan


def rows(annual: Annual) -> dict[tuple[str, ...], Observation]:
    return {key_of(row): row for row in observations(PublishedEdition(annual, None), OFFICE, PARIS)}


def picked(row: Observation, *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_a_row_says_raw_and_corrected_with_a_quality_in_words() -> None:
    whole = rows(year(wrong()))["lost_rate", "circulation", "2013"]
    assert picked(whole, "statut", "qualite", "statut_brut", "methode") == ("E", "estimée", "U", "exclude")
    assert picked(whole, "numerateur_brut", "denominateur_brut") == (29896, 122000)
    assert whole["borne_basse"] < whole["valeur"] == 0.02 < whole["borne_haute"]
    assert 0.8 < whole["couverture"] < 0.9
    assert picked(whole, "objectif", "sens_objectif", "objectif_atteint", "motif") == (0.1, "maximum", True, None)


def test_every_row_has_every_column_of_the_schema_and_no_other() -> None:
    names = {column.name for column in INDICATORS} - {"revision"}
    optional = {"borne_basse", "borne_haute", "objectif_atteint", "rupture"}
    for row in rows(year(wrong())).values():
        assert names - optional <= row.keys() <= names


@pytest.mark.parametrize(
    "change",
    [{"verdict": "undecided", "status": "open", "decisions": []}, {"verdict": "undecided", "status": "closed"}],
)
def test_what_is_withheld_is_empty_with_the_reason(change: dict[str, Any]) -> None:
    annual = year(wrong(**change))
    assert annual.indicators[0].guard is not None
    found = [row for row in rows(annual).values() if row["objet"] == "circulation" and row["statut"] == "Q"]
    assert {row["periode"] for row in found} == {"2013", "2013-Q3", "2013-Q4", "2013-09", "2013-10"}
    for row in found:
        assert picked(row, "valeur", "numerateur", "denominateur") == (None, None, None)
        assert (row.get("borne_basse"), row.get("objectif_atteint")) == (None, None)
        assert row["motif"] == "non publié : indécis depuis le 2 septembre 2013"


def test_where_nobody_knows_why_calls_were_diverted_the_answer_rate_alone_is_empty() -> None:
    days = line_days(date(2013, 1, 1), date(2013, 12, 31), lambda _: CallSlot(offered=10, answered=8, diverted=2))
    annual = annual_of(held(days, []), plan(lines=LINES), Period.of_year(2013), date(2014, 1, 9))
    found = [row for row in rows(annual).values() if row["objet"] == "circulation"]
    lost, answered = ([row for row in found if row["indicateur"] == kind] for kind in ("lost_rate", "answer_rate"))
    assert len(lost) == len(answered) == 17
    assert {picked(row, "valeur", "numerateur", "statut", "sens_objectif") for row in lost} == {
        (0.0, 0, "A", "maximum")
    }
    for row in answered:
        assert picked(row, "valeur", "numerateur", "denominateur", "denominateur_brut") == (None, None, None, None)
        assert (row["statut"], row.get("borne_basse")) == ("Q", None)
        assert row["motif"].startswith("non publié : le motif des appels déviés")


def test_what_is_withheld_is_in_no_file() -> None:
    believed = first().annual.indicators[0].corrected
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    shown, hidden = ("".join(files(each).values()) for each in (first(), PublishedEdition(annual, None)))
    for figure in (believed.part, believed.whole, believed.low, believed.high):
        assert f",{figure}," in shown
        assert str(figure) not in hidden


def test_a_month_without_enough_sound_slots_says_so() -> None:
    found = rows(year(wrong()))
    assert (
        found["lost_rate", "circulation", "2013-09"]["motif"]
        == "non publié : couverture de 0\u202f%, inférieure à 75\u202f%"
    )
    reasons = {row["motif"] for row in found.values() if row["valeur"] is None}
    assert None not in reasons


def test_nothing_counted_is_empty_and_nobody_is_0() -> None:
    nothing = rows(year(period=Period(date(2019, 1, 1), date(2019, 12, 31))))["lost_rate", "standard", "2019"]
    assert picked(nothing, "numerateur", "denominateur", "numerateur_brut", "couverture") == (None, None, None, None)
    assert picked(nothing, "statut", "statut_brut", "motif") == ("O", "O", "rien n'a été compté")
    annual = year()
    annual.channels["im341"].months.pop(4)
    nobody = rows(annual)["mean_days", "im341", "2013-05"]
    assert picked(nobody, "valeur", "numerateur", "denominateur", "statut") == (None, 0, 0, "A")
    assert nobody["motif"] == "aucune demande reçue ni aucune réponse"


def test_no_cell_is_a_formula() -> None:
    text = files(first())["indicateurs.csv"]
    assert HOSTILE.replace('"', '""') in text
    assert f"\"'{HOSTILE[:10]}" in text.replace('""', '"')
