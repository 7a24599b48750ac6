"""`tocsin reconcile` compares two records of counters, and of registers of requests."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from tests.agents.html import Page

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
OFFICE: Final = str(EXAMPLES / "office.yaml")
TICKETS: Final = str(EXAMPLES / "tickets.csv")
REGISTER: Final = str(EXAMPLES / "register.csv")
OPENED: Final = datetime.fromisoformat("2024-10-07T08:30:00")
DAYS: Final = 4
VISITS: Final = 20  # a day


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", OFFICE], env={"LANG": "C"}, terminal_width=200)


def found(*arguments: str, status: int = 0) -> dict[str, Any]:
    result = run("reconcile", *arguments, "--json")
    assert result.exit_code == status, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def archive(tmp_path: Path, name: str = "archive.csv", wait: timedelta = timedelta(minutes=18), skip: str = "") -> str:
    """Write an archive of the tickets of some days, all with one wait; the ticket `skip` of each day is missing."""
    rows = ["ticket,service,issued,called,served,completed,outcome,counter"]
    for day in range(DAYS):
        for number in range(VISITS):
            issued = OPENED + timedelta(days=day, minutes=10 * number)
            called = issued + wait
            moments = (issued, called, called, called + timedelta(minutes=5))
            ticket = f"A{number:03}"
            if ticket != skip:
                rows.append(
                    ",".join([ticket, "passeports", *(each.isoformat() for each in moments), "completed", "G1"])
                )
    file = tmp_path / name
    file.write_text("\n".join(rows) + "\n")
    return str(file)


def statistic(tmp_path: Path, means: list[float], issued: int = VISITS) -> str:
    """Write a daily statistic with the mean wait (s) of each day."""
    rows = ["service,mode,since,at,issued,served,no_show,mean_wait"]
    for day, mean in enumerate(means):
        since = OPENED + timedelta(days=day)
        rows.append(
            f"passeports,interval,{since.isoformat()},{since.replace(hour=18).isoformat()},{issued},{issued},0,{mean}"
        )
    file = tmp_path / "statistic.csv"
    file.write_text("\n".join(rows) + "\n")
    return str(file)


def test_a_statistic_divided_by_sixty_is_found_day_by_day(tmp_path: Path) -> None:
    document = found("tickets", archive(tmp_path), "readings", statistic(tmp_path, [1080, 1080, 18, 18]))
    titles = document["services"]["passeports"]
    assert document["joined_by"] == "day"
    assert titles["first"] == {"kind": "tickets", "issued": 80, "served": 80, "no_show": 0, "mean_wait": 1080}
    assert titles["second"] == {"kind": "readings", "issued": 80, "served": 80, "no_show": 0, "mean_wait": 549}
    assert (titles["matched"], titles["contradicted"], titles["reasons"]) == (2, 2, {"unit": 2})
    assert [each["first"] for each in titles["differences"]] == ["2024-10-09", "2024-10-10"]
    assert titles["best"] == {"issued": 80, "served": 80, "no_show": 0, "mean_wait": 1080}, "the tickets have the waits"


def test_missing_and_doubled_days_of_a_statistic_are_found(tmp_path: Path) -> None:
    titles = found("tickets", archive(tmp_path), "readings", statistic(tmp_path, [1080] * 3))["services"]["passeports"]
    assert (titles["only_first"], titles["reasons"]) == (1, {"no-row": 1})
    doubled = found("tickets", archive(tmp_path), "readings", statistic(tmp_path, [1080] * 4, 2 * VISITS))["services"]
    assert doubled["passeports"]["reasons"] == {"doubled": 4}
    assert doubled["passeports"]["best"]["issued"] == 80


def test_two_archives_are_compared_ticket_by_ticket(tmp_path: Path) -> None:
    other = archive(tmp_path, "other.csv", timedelta(seconds=18), skip="A005")
    document = found("tickets", archive(tmp_path), "tickets", other)
    titles = document["services"]["passeports"]
    assert (document["joined_by"], document["offset"]) == ("id", 0)
    assert titles["reasons"] == {"unit": 76, "no-row": 4}
    assert (titles["only_first"], titles["lengths_left_out"], titles["best"]["issued"]) == (4, 76, 80)
    assert titles["best"]["mean_wait"] == 1080, "of the four tickets on which nothing contradicts"
    assert titles["differences"][0]["first_says"] == "served after a wait of 18.0 min"


def test_the_figures_of_a_record_are_those_of_its_analysis() -> None:
    document = found("tickets", TICKETS, "tickets", TICKETS)
    analysed = json.loads(run("analyze", "tickets", TICKETS, "--json").stdout)["services"]
    for name, desk in document["services"].items():
        figures = {each: analysed[name][each] for each in ("issued", "served", "no_show")}
        assert desk["first"] == {"kind": "tickets", **figures, "mean_wait": analysed[name]["raw"]["mean_wait"]}
        assert {"kind": "tickets", **desk["best"]} == desk["first"] == desk["second"]
        assert (desk["matched"], desk["differences"]) == (desk["first"]["issued"], [])


def test_polls_of_a_display_are_compared_with_the_tickets_they_show(tmp_path: Path) -> None:
    """The display writes A3 for the ticket A003, shows no outcome, and is as exact as its interval of two minutes."""
    rows = ["at,service,called,waiting"]
    for minute in range(0, 10 * VISITS + 30, 2):
        called = max(-1, (minute - 18) // 10)
        waiting = min(VISITS - 1, minute // 10) - called
        rows.append(
            f"{(OPENED + timedelta(minutes=minute)).isoformat()},passeports,A{called if called >= 0 else ''},{waiting}"
        )
    file = tmp_path / "polls.csv"
    file.write_text("\n".join(row.replace(",A,", ",,") for row in rows) + "\n")
    titles = found("tickets", archive(tmp_path), "polls", str(file))["services"]["passeports"]
    assert (titles["second"]["served"], titles["contradicted"]) == (None, 0)
    assert titles["matched"] >= VISITS - 4, "some visitors already waited when the display began"
    assert titles["best"]["issued"] == 80
    assert titles["best"]["mean_wait"] == pytest.approx(1080, rel=0.02)


def test_a_register_is_compared_with_the_headers_of_its_mailbox(tmp_path: Path) -> None:
    headers = tmp_path / "headers.csv"
    headers.write_text(
        "request,channel,received\nM-2024-311,email,2024-09-21T09:00:00\nM-2024-312,email,2024-09-24T14:00:00\n"
        "M-2024-313,email,2024-09-25T08:40:00\nM-2024-999,email,2024-09-24T15:00:00\n"
    )
    document = found("requests", REGISTER, "requests", str(headers))
    email = document["requests"]["email"]
    assert document["joined_by"] == "id"
    assert (email["second"]["received"], email["second"]["answered"]) == (4, None), "headers show no answers"
    assert email["matched"] == 2
    assert {each["why"]: each["second"] for each in email["differences"] if each["second"]} == {
        "moment": "M-2024-311",
        "no-row": "M-2024-999",
    }
    assert email["best"]["received"] == email["first"]["received"] + 1


def test_the_order_of_the_records_only_swaps_them(tmp_path: Path) -> None:
    pair = ("tickets", archive(tmp_path)), ("readings", statistic(tmp_path, [1080, 18, 0]))
    one, other = (found(*first, *second)["services"]["passeports"] for first, second in (pair, pair[::-1]))
    assert (one["best"], one["reasons"]) == (other["best"], other["reasons"])
    assert (one["first"], one["only_first"]) == (other["second"], other["only_second"])


def test_people_are_told_in_words_and_on_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = ("tickets", archive(tmp_path), "readings", statistic(tmp_path, [1080, 1080, 18, 18]))
    english = " ".join(run("reconcile", *arguments).stdout.split())
    assert english.startswith(
        "passeports: mean 18.0 min according to tickets, 9.2 min according to readings: they differ on 2 days."
    )
    assert "2 a wait in another unit: one is 60 times the other: 2 in both" in english
    result = run("reconcile", *arguments, "--lang", "fr", "--html", str(page))
    assert "ils diffèrent sur 2 jours" in " ".join(result.stdout.split())
    text = Page(page.read_text(encoding="utf-8")).text
    assert "Deux relevés rapprochés, numéro par numéro ou jour par jour" in text


def test_records_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    document = found("tickets", TICKETS, "tickets", archive_of_another_year(tmp_path), status=1)
    assert document["joined_by"] == "none"
    assert set(document["services"]["passeports"]["best"].values()) == {None}
    assert (
        "cannot be compared"
        in run("reconcile", "tickets", TICKETS, "tickets", archive_of_another_year(tmp_path)).stdout
    )


def archive_of_another_year(tmp_path: Path) -> str:
    file = tmp_path / "later.csv"
    file.write_text(Path(TICKETS).read_text().replace("2024-10-07", "2025-10-07"))
    return str(file)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("tickets", TICKETS, "requests", REGISTER), "tickets and requests are not of the same desks"),
        (("requests", REGISTER, "polls", str(EXAMPLES / "polls.csv")), "requests and polls are not of the same desks"),
        (("tickets", TICKETS, "survey", str(EXAMPLES / "survey.csv")), "records named: 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(words: tuple[str, ...], expected: str) -> None:
    result = run("reconcile", *words)
    assert result.exit_code == 2
    assert expected in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("rows", ["", "service,mode,since,at,issued,served,no_show,mean_wait\n,,,,,,,\n"])
def test_a_file_of_which_nothing_can_be_used_fails(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "statistic.csv"
    file.write_text(rows)
    result = run("reconcile", "tickets", TICKETS, "readings", str(file))
    assert result.exit_code in {1, 2}, "2 if it does not fit the mapping"
    assert str(file) in result.stderr or "does not fit" in result.stderr
