"""The desk pages for any period in the address, with a message if there is no data."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from io import StringIO

import pytest

from agents.board.follower import Known
from config.settings import Channel
from streams.ledger.day import LedgerDay
from tests.agents.board.known import SETTINGS, history, known, suspected
from tests.agents.board.test_server import ask
from tests.agents.desk_view.test_actions import CHANGED, MORE, days, office
from tests.agents.html import Page
from tests.streams.indicators.telling import line_days
from tests.streams.periods.test_slots import WRONG, counted

OFFICE = SETTINGS.model_copy(update={"requests": {"im341": Channel(label="CNI (IM 341)", days="calendar")}})


def recounted() -> Known:
    """Return the topics for a month in which three days' answered calls were counted as lost."""
    days: list[LedgerDay] = [*line_days(date(2013, 9, 1), date(2013, 9, 30), counted)]
    return Known(history(WRONG, days=days), {}, {})


def test_a_line_shows_the_believed_figure_big_and_the_counted_one_struck_out() -> None:
    lines = {"circulation": SETTINGS.lines["circulation"].model_copy(update={"expected_lost_rate": 0.02})}
    office = SETTINGS.model_copy(update={"lines": lines, "opening_hours": "Mo-Fr 11:00-13:00"})
    (answer,) = ask("/lines/circulation?period=2013-09&lang=en", what=recounted(), settings=office)
    assert answer.status == 200
    assert "September 2013" in answer.page
    for words in ("Answered calls counted as lost", "624 of 8,400 counted lost", "168 lost of 8,400 calls"):
        assert words in answer.page
    assert '<p class="huge">2.00% <s><span class="vh">counted:</span> 7.43%</s></p>' in answer.text


def test_what_is_believed_and_what_was_counted_are_told_apart_in_definitions_and_waits() -> None:
    lines = {"circulation": SETTINGS.lines["circulation"].model_copy(update={"expected_lost_rate": 0.02})}
    office = SETTINGS.model_copy(update={"lines": lines, "opening_hours": "Mo-Fr 11:00-13:00"})
    days = line_days(date(2013, 9, 1), date(2013, 9, 30), counted)
    for each in days:
        each.answered_waits.add(8_000, 20)
        each.lost_waits.add(3_000, 2)
    wrong, sound = ask(
        "/lines/circulation?period=2013-09-10&lang=en",
        "/lines/circulation?period=2013-09-25&lang=en",
        what=Known(history(WRONG, days=[*days]), {}, {}),
        settings=office,
    )

    def figure(page: str, name: str) -> str:
        row = page[page.index(f'<th scope="row">{name}<br>') :]
        return re.sub(r"\s+", " ", re.sub("<[^>]*>", "", row[row.index("<td>") : row.index("</td>")])).strip()

    assert figure(wrong.text, "lost of offered (official)") == "2.00% counted: 40.00%"
    assert figure(wrong.text, "unanswered") == "2.00% counted: 40.00%"
    assert figure(wrong.text, "lost of answered and lost") == "2.00% counted: 40.00%"
    assert figure(wrong.text, "answer rate") == "98.00% counted: 60.00%"
    assert figure(wrong.text, "service level").startswith("— counted: ")
    assert "corrected; raw values are struck out" in wrong.page
    assert "Lost calls, as counted" in wrong.page
    assert "Answered calls, as counted" in wrong.page
    assert "mean wait, as counted" in wrong.page
    assert figure(sound.text, "lost of offered (official)") == "2.00%"
    assert "counted:" not in figure(sound.text, "service level")
    assert "Lost calls" in sound.page
    assert "Lost calls, as counted" not in sound.page


@pytest.mark.slow
def test_where_nothing_is_believed_a_dash_stands_with_the_reason_and_no_nought() -> None:
    (answer,) = ask("/lines/circulation?period=2013-W37&lang=en", what=known(suspected()), settings=OFFICE)
    assert '<p class="huge">—' in answer.text
    assert "withheld: " in answer.page
    assert "number lost unknown" in answer.text


@pytest.mark.slow
def test_every_kind_of_desk_has_its_page_in_either_language() -> None:
    french = ask(
        "/lines/circulation?period=2013",
        "/services/cartes?period=2013-03",
        "/channels/im341?period=2013",
        settings=OFFICE,
    )
    for answer, words in zip(french, ("Comparaison", "Attente avant l'appel", "total des jours de délai"), strict=True):
        assert answer.status == 200
        assert words in answer.page
        assert len(answer.text.encode()) < 100_000
        assert "script" not in Page(answer.text).tags


def test_a_range_and_a_name_lead_to_the_same_view() -> None:
    named, ranged = ask(
        "/lines/circulation?period=2013-03&lang=en", "/lines/circulation?from=2013-03-01&to=2013-03-31&lang=en"
    )
    assert "March 2013" in named.page
    assert named.page == ranged.page


def test_a_day_without_a_call_says_so() -> None:
    (answer,) = ask("/lines/circulation?period=2013-12-29&lang=en")
    assert answer.status == 200
    assert "No call was counted in this period." in answer.page


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/lines/nowhere", "There is no “nowhere” (circulation, standard)"),
        ("/services/%3Cscript%3E", "There is no “<script>” (cartes)"),
        ("/lines/circulation?period=2013-13", "There is no such period"),
        ("/lines/circulation?from=2013-03-04&to=2013-03-03", "There is no such period"),
        ("/lines/circulation?from=1000-01-01&to=2013-03-03", "There is no such period"),
        ("/lines/circulation?from=today", "There is no such period"),
        ("/lines/circulation?format=xml", "There is no format “xml” (html, csv, sheet, json)"),
    ],
)
def test_what_is_not_there_is_told_in_words(path: str, says: str) -> None:
    mark = "&" if "?" in path else "?"
    (answer,) = ask(f"{path}{mark}lang=en")
    assert answer.status == 404
    assert says in answer.page


def test_the_first_and_the_last_day_that_can_be_asked_for_have_pages() -> None:
    for answer in ask("/lines/circulation?period=1970-01-01", "/lines/circulation?period=2199"):
        assert answer.status == 200


def test_the_view_is_downloaded_with_raw_corrected_and_a_quality_of_each() -> None:
    table, document = ask(
        "/lines/circulation?period=2013-09&format=csv", "/lines/circulation?period=2013-09&format=json", settings=OFFICE
    )
    assert table.headers["Content-Type"].startswith("text/csv")
    assert "lozere-circulation-2013-09-01-2013-09-30.csv" in table.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(table.text)))
    assert len(rows) == 21, "the open days"
    told = json.loads(document.text)
    assert [each["quality"] for each in told["curve"]] == [each["quality"] for each in rows]
    assert {each["quality"] for each in rows} == {"Q"}, "a miscount that no law names lies over the whole month"
    assert all(each["corrected_lost"] == "" and int(each["lost"]) > 0 for each in rows)
    assert told["raw"]["lost"] == sum(int(each["lost"]) for each in rows)
    assert told["corrected"] is None
    assert told["withheld"]
    assert told["suspect"] is True, "waits, reasons and laws are as counted"


def test_the_view_is_downloaded_as_a_french_spreadsheet_opens_it() -> None:
    asked = "/lines/circulation?period=2013-09"
    page, table, plain = ask(f"{asked}&lang=fr", f"{asked}&format=sheet&lang=fr", f"{asked}&format=csv")
    assert "format=sheet" in page.text
    assert "2013-09-30.csv" in table.headers["Content-Disposition"]
    assert table.text.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    told = list(csv.DictReader(StringIO(plain.text)))
    assert [row["appels"] for row in rows] == [row["offered"] for row in told]
    assert (rows[0]["Du"], told[0]["from"]) == ("2013-09-02 09:00", "2013-09-02T09:00:00+02:00")
    assert {row["Qualité"] for row in rows} == {"non publiée"}


def test_the_wall_an_incident_and_the_years_lead_to_a_line() -> None:
    wall, incident, years = ask("/", f"/incidents/{suspected().id}", "/years")
    assert 'href="/lines/circulation"' in wall.text
    assert 'href="/services/cartes"' in wall.text
    assert 'href="/lines/circulation?from=2013-09-02&amp;to=' in incident.text
    assert 'href="/lines/circulation?period=2013"' in years.text


def test_what_the_ledger_says_anew_shows_at_once() -> None:
    before = history(days=[])
    (empty,) = ask("/lines/circulation?period=2013-03&lang=en", what=known()._replace(history=before))
    assert "No call was counted in this period." in empty.page


@pytest.mark.slow
def test_an_action_is_marked_on_the_curve_and_its_effect_is_told() -> None:
    what = Known(history(days=days()), {}, {})
    year, after, before = ask(
        "/lines/circulation?period=2013",
        f"/lines/circulation?period={CHANGED:%Y-%m}",
        "/lines/circulation?period=2013-05",
        what=what,
        settings=office(MORE),
    )
    for each in (year, after):
        assert "Effet des actions" in each.page
        assert "3 juin 2013 : Un agent de plus" in each.page.replace("\u202f", " ")
        assert each.text.count('class="action" d=') == 2, "wide and narrow"
    assert "Effet des actions" not in before.page
