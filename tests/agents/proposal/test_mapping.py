"""A proposed mapping loads, gives its reasons, marks each missing part, and has no caller's number."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.language import Language
from agents.proposal.columns import guesses
from agents.proposal.mapping import MISSING, NAME, written
from agents.sources.tables.sample import Sample, sample
from config.settings import Settings, load

CALLS = """\
id;start;end;queue;result;wait;from
1;2026-03-04 09:00:00;2026-03-04 09:02:00;Accueil;OK;12,5;0465710011
2;2026-03-04 09:01:00;2026-03-04 09:02:00;État civil;PERDU;40;0465710012
3;2026-03-04 09:02:00;2026-03-04 09:03:00;0465710099;X;1;0465710013
"""


def table(text: str) -> Sample:
    found = sample(text.encode().splitlines(keepends=True))
    assert found is not None
    return found


def proposed(text: str, language: Language = Language.EN) -> str:
    return written(guesses(table(text)), table(text), "calls.csv", "Europe/Paris", language)


def loaded(text: str, tmp_path: Path) -> Settings:
    path = tmp_path / "office.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, {})


def test_a_proposal_is_a_configuration_with_its_reasons(tmp_path: Path) -> None:
    text = proposed(CALLS)
    settings = loaded(text, tmp_path)
    assert settings.lines_by_queue() == {
        **{name: name for name in ("accueil", "etat-civil")},
        "Accueil": "accueil",
        "État civil": "etat-civil",
    }
    mapping = settings.mappings[NAME]
    assert (mapping.of, mapping.id, mapping.decimal) == ("calls", ("id",), "comma")
    assert mapping.outcome is not None
    assert mapping.outcome.values == {"OK": "answered", "PERDU": "lost/abandoned"}
    assert '# "wait" in the name; durations\n    wait: wait\n' in text
    assert 'without a meaning yet, so that their rows are refused: "X"' in text
    assert MISSING not in text.partition("site:")[2]
    assert "04657100" not in text


def test_what_is_missing_is_marked_and_told(tmp_path: Path) -> None:
    text = proposed("who,wait\nAnn,12\nAnn,13\n")
    mapping = loaded(text, tmp_path).mappings[NAME]
    assert (mapping.id, mapping.moments["offered"].column) == ((MISSING,), MISSING)
    assert mapping.queue is not None
    assert mapping.queue.fixed == "line"
    for reason in (
        "no column has a different value",
        "no column looks like the moment",
        "no column looks like a queue",
    ):
        assert reason in text
    assert mapping.outcome is not None
    assert (mapping.outcome.column, mapping.outcome.values) == (MISSING, {MISSING: "answered"})
    assert "no column shows which calls a person answered" in text
    assert "so the moments decide" in proposed("id,start,answered\n1,2026-03-04 09:00,2026-03-04 09:01\n")


def test_tickets_have_services(tmp_path: Path) -> None:
    text = proposed("ticket;service;date;statut\nA1;Carte grise;2026-03-04 09:00;Servi\nA1;x;2026-03-05 09:00;Absent\n")
    settings = loaded(text, tmp_path)
    assert set(settings.services) == {"carte-grise", "x"}
    assert settings.mappings[NAME].id == ("date", "ticket")
    assert settings.mappings[NAME].queue is not None
    assert settings.mappings[NAME].queue.values == {"Carte grise": "carte-grise"}


def test_totals_have_lines_of_totals(tmp_path: Path) -> None:
    text = proposed("jour;recus;perdus\n04/03/2026;100;12\n05/03/2026;90;10\n")
    settings = loaded(text, tmp_path)
    assert settings.line_defaults.lifecycle == "totals"
    assert settings.mappings[NAME].period == "day"
    assert "in these dates the day is read first; it could also be the month" in text


def test_totals_of_months_are_not_taken_for_days() -> None:
    text = proposed("Report Period;Offered;Lost\nApril 2026;1430;120\nMay 2026;1500;100\n")
    assert "export totals by days" in text
    assert "a row is taken to be a day" not in text
    assert f"since: {MISSING}" in text


@pytest.mark.parametrize("text", [CALLS, "who,wait\nAnn,12\nAnn,13\n", "jour;recus;perdus\n04/03/2026;10;1\n"])
def test_the_reasons_are_in_french_too(text: str, tmp_path: Path) -> None:
    french = proposed(text, Language.FR)
    assert "Proposé par tocsin init" in french
    assert loaded(french, tmp_path) == loaded(proposed(text), tmp_path)
