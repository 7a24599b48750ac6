"""The report says how many answered callers called again; it withholds the figure if most callers are unknown."""

from __future__ import annotations

from agents.language import Language
from agents.report.blocks import Paragraph, Table
from agents.report.repeats import repeats
from agents.totals.telling import Telling
from streams.indicators.repeats import Repeats
from tests.agents.totals.year import PARIS

FRENCH = Telling(Language.FR, PARIS)


def test_several_months_are_a_sentence_and_a_table() -> None:
    says, months = repeats([Repeats("2013-01", 900, 800, 80), Repeats("2013-02", 300, 100, 1)], FRENCH)
    assert isinstance(says, Paragraph)
    assert says.text.replace("\u202f", " ") == (
        "Sur 900 réponses à des appelants connus, 81 ont été suivies d'un nouvel appel du même appelant à cette ligne "
        "dans la demi-heure : 9,0 % (95 % : 7,3 % à 11,0 %)."
    )
    assert isinstance(months, Table)
    assert [row[:3] for row in months.rows] == [
        ("janvier 2013", "800", "80"),
        ("février 2013", "trop peu d'appelants connus", "—"),
    ]


def test_the_figure_is_withheld_without_most_of_the_callers_and_absent_without_any() -> None:
    (note,) = repeats([Repeats("2013-01", 900, 400, 80)], FRENCH)
    assert isinstance(note, Paragraph)
    assert "400 réponses sur 900" in note.text.replace("\u202f", " ")
    assert "80" not in note.text
    assert [*repeats([], FRENCH)] == []
