"""What columns mean, by their names and values: wrong values outweigh a right name."""

from __future__ import annotations

from typing import Any

import pytest

from agents.proposal.columns import guesses
from agents.sources.tables.sample import Sample


def table(**columns: list[str]) -> Sample:
    names = tuple(name.replace("_", " ") for name in columns)
    return Sample(names, tuple(dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)))


CALLS = {
    "Numéro_appelant": ["0465710011", "0465710012", "0465710013"],
    "N_appel": ["1", "2", "3"],
    "Date": ["04/03/2026", "04/03/2026", "05/03/2026"],
    "Heure_appel": ["09:00:00", "9:01:00", "09:02:00"],
    "File_d_attente": ["Accueil", "Accueil", "Permis"],
    "Temps_d_attente": ["12", "1:10", "00h00m30s"],
    "Résultat": ["Répondu", "Sans réponse", "Autre"],
    "Agent": ["Ann", "", "Bea"],
}


def test_a_table_in_french_is_understood() -> None:
    found = guesses(table(**CALLS))
    assert found.of == "calls"
    assert {key: guess.columns for key, guess in found.keys.items()} == {
        "offered": ("Date", "Heure appel"),
        "wait": ("Temps d attente",),
        "outcome": ("Résultat",),
        "queue": ("File d attente",),
        "caller": ("Numéro appelant",),
        "id": ("N appel",),
        "agent": ("Agent",),
    }
    assert found.keys["wait"].word == "attente"
    assert found.keys["offered"].form == "%d/%m/%Y %H:%M:%S"
    assert found.outcomes == {"Autre": None, "Répondu": "answered", "Sans réponse": "lost/abandoned"}
    assert found.queues == ["Accueil", "Permis"]


@pytest.mark.parametrize(
    ("column", "values", "key"),
    [
        ("Durée attente", ["oui", "non", "oui"], "wait"),
        ("id", ["1", "1", "2"], "id"),
        ("result", [str(number) for number in range(3)], "outcome"),
        ("start", ["09:00", "x", "09:02"], "offered"),
        ("id", ["1", "", "2"], "id"),
    ],
)
def test_a_name_does_not_count_against_the_values(column: str, values: list[str], key: str) -> None:
    assert key not in guesses(table(**{column: values}), "calls").keys


@pytest.mark.parametrize(
    ("values", "form", "more"),
    [
        (["2026-03-04T09:00:00Z", "2026-03-04 09:00:00"], None, {}),
        (["1772611200", "1772611260.5"], None, {}),
        (["1772611200000", "1772611260000"], None, {"in_milliseconds": True}),
        (["04/03/2026 09:00", "05/03/2026 09:00"], "%d/%m/%Y %H:%M", {"is_ambiguous": True}),
        (["04/03/2026 09:00", "25/03/2026 09:00"], "%d/%m/%Y %H:%M", {"is_ambiguous": False}),
        (["3/25/2026 9:00 AM", "3/4/2026 9:00 PM"], "%m/%d/%Y %I:%M %p", {}),
        (["mercredi 4 mars 2026 à 9h02", "jeudi 5 mars 2026 à 9h02"], None, {}),
    ],
)
def test_the_form_of_a_moment_is_found(values: list[str], form: str | None, more: dict[str, Any]) -> None:
    guess = guesses(table(start=values), "calls").keys["offered"]
    assert guess.form == form
    assert {name: getattr(guess, name) for name in more} == more


def test_one_odd_value_in_fifty_and_a_row_of_sums_change_no_guess() -> None:
    rows = 53
    start = [f"{1 + row % 28:02}/03/2026 09:{row:02}" for row in range(rows)]
    calls = {
        "N": [*map(str, range(rows)), "Grand Total"],
        "start": [*start[:-1], "?", ""],
        "queue": [*["Accueil", "Permis"] * 26, "Accueil", ""],
        "wait": [*map(str, range(rows)), "1378"],
    }
    found = guesses(table(**calls))
    assert {key: guess.columns for key, guess in found.keys.items()} == {
        "offered": ("start",),
        "wait": ("wait",),
        "queue": ("queue",),
        "id": ("N",),
    }
    assert found.keys["offered"].form == "%d/%m/%Y %H:%M"
    assert found.queues == ["Accueil", "Permis"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Avg Queue Time", ["00:00:19", "00:00:21"]),
        ("Avg Queue Time", ["19", "21"]),
        ("Queue", ["00:00:19", "1:02"]),
        ("Queue", ["04/03/2026 09:00", "05/03/2026 09:00"]),
    ],
)
def test_a_queue_has_a_name_or_a_number_and_is_no_wait(name: str, values: list[str]) -> None:
    report = {"Day": ["04/03/2026", "05/03/2026"], "Offered": ["100", "90"], "Lost": ["12", "10"], name: values}
    assert "queue" not in guesses(table(**report), "readings").keys
    assert guesses(table(**report, CSQ_Name=["1", "Accueil"]), "readings").keys["queue"].columns == ("CSQ Name",)


def test_totals_are_readings_and_flags_are_none() -> None:
    day = {"Jour": ["04/03/2026", "05/03/2026"], "Reçus": ["1 230", "990"], "Traités": ["1 107", "980"]}
    found = guesses(table(**day))
    assert (found.of, sorted(found.keys)) == ("readings", ["answered", "offered", "since"])
    flags = {"start": ["1772611200", "1772611260"], "answered": ["1", "0"], "lost": ["0", "1"]}
    assert guesses(table(**flags)).of == "calls"


def test_a_tickets_number_needs_its_day() -> None:
    tickets = {
        "Ticket": ["A1", "A2"],
        "Date": ["04/03/2026", "04/03/2026"],
        "Heure_édition": ["09:00", "09:01"],
        "Heure_appel": ["09:05", ""],
        "Guichet": ["1", ""],
        "Statut": ["Traité", "Absent"],
    }
    found = guesses(table(**tickets))
    assert found.of == "tickets"
    assert found.keys["id"].columns == ("Date", "Ticket")
    assert found.keys["issued"].columns == ("Date", "Heure édition")
    assert found.keys["called"].columns == ("Date", "Heure appel")
    assert found.outcomes == {"Absent": "no_show", "Traité": "completed"}
