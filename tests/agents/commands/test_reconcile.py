"""`tocsin reconcile` compares two records of the same lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from agents.cli import app
from tests.agents.html import Page

ROOT: Final = Path(__file__).parents[3]
OFFICE: Final = str(ROOT / "examples/office.yaml")
QUEUE_LOG: Final = ROOT / "examples/queue_log_door"
CEL: Final = ROOT / "examples/cel.csv"
BOTH: Final = ("queue-log", str(QUEUE_LOG), "asterisk-cel", str(CEL))
NUMBERS: Final = ("639981", "199001")


def reconcile(*arguments: str, config: str | None = OFFICE, env: dict[str, str] | None = None) -> Result:
    options = () if config is None else ("--config", config)
    return CliRunner().invoke(app, ["reconcile", *arguments, *options], env=env, terminal_width=200)


def found(*arguments: str, status: int = 0, config: str | None = OFFICE) -> dict[str, Any]:
    result = reconcile(*arguments, "--json", config=config)
    assert result.exit_code == status, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def raw(*arguments: str, config: str | None = OFFICE) -> dict[str, Any]:
    options = () if config is None else ("--config", config)
    result = CliRunner().invoke(app, ["analyze", *arguments, "--json", *options])
    assert result.exit_code == 0, result.output
    return {name: line["raw"] for name, line in json.loads(result.stdout)["lines"].items() if line["raw"]["offered"]}


def unlike(tmp_path: Path) -> Path:
    """Return channel events of enough calls with other ids, 37 s later, and with callers' numbers in other forms."""
    rows = []
    for number in range(8):
        at, ident = 1_728_460_000 + number * 97 + number**2, f"other-{number}"
        caller = ("+33", "0033", "0")[number % 3] + f"63998{number:04}"

        def row(
            event: str, after: float, app: str = "", data: str = "", *, a: int = at, i: str = ident, c: str = caller
        ) -> str:
            fields = [
                event,
                f"{a + 37 + after:.6f}",
                "",
                "",
                c,
                c,
                "",
                "602",
                "602",
                "from-trunk",
                f"PJSIP/trunk-{i}",
                app,
                data,
                "3",
                "",
                i,
                i,
                "",
                "",
                "",
                "",
            ]
            return ",".join(f'"{each}"' for each in fields)

        rows += [
            row("CHAN_START", 0),
            row("APP_START", 0.5, "Queue", "602,t"),
            row("APP_END", 20, "Queue", "602,t"),
            row("HANGUP", 20),
        ]
        rows += [row("CHAN_END", 20), row("LINKEDID_END", 20)]
    file = tmp_path / "cel.csv"
    file.write_text("\n".join(rows) + "\n")
    return file


def log_of(tmp_path: Path) -> Path:
    """Return the queue_log of the same calls under its own ids, without the fourth."""
    rows = []
    for number in range(8):
        if number != 3:
            at = 1_728_460_000 + number * 97 + number**2
            rows.append(f"{at}|{at}.{number}|602|NONE|ENTERQUEUE||063998{number:04}|1")
            rows.append(f"{at + 20}|{at}.{number}|602|NONE|ABANDON|1|1|20")
    file = tmp_path / "queue_log"
    file.write_text("\n".join(rows) + "\n")
    return file


@pytest.mark.parametrize("config", [OFFICE, None])
def test_each_records_figures_are_those_of_analyze(config: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_CONFIG")
    lines = found(*BOTH, config=config)["lines"]
    for side, record in (("first", BOTH[:2]), ("second", BOTH[2:])):
        for name, figures in raw(*record, config=config).items():
            told = lines[name][side]
            assert {
                key: told[key] for key in ("offered", "answered", "lost", "diverted", "unresolved", "lost_rate")
            } == {key: figures[key] for key in ("offered", "answered", "lost", "diverted", "unresolved", "lost_rate")}


def test_a_caller_turned_away_at_the_door_is_named_and_counted() -> None:
    accueil = found(*BOTH)["lines"]["accueil"]
    assert accueil["first"]["kind"] == "queue-log"
    assert (accueil["first"]["lost_rate"], accueil["second"]["lost_rate"], accueil["best"]["lost_rate"]) == (
        1 / 3,
        0.6,
        0.6,
    )
    assert (accueil["matched"], accueil["contradicted"], accueil["only_first"], accueil["only_second"]) == (3, 0, 0, 2)
    assert accueil["differences"][0] == {
        "first": None,
        "second": "1728460820.3",
        "at": "2024-10-09T10:00:20+02:00",
        "first_says": "nothing",
        "second_says": "lost (queue full) after 0 s",
        "why": "turned-away",
        "ambiguous": False,
    }
    assert [each["why"] for each in accueil["differences"]] == ["turned-away", "before-queue"]


def test_a_call_that_the_queue_log_lost_is_not_excused_as_a_hang_up_before_the_queue(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    rows = QUEUE_LOG.read_text().splitlines(keepends=True)
    log.write_text("".join(row for row in rows if "|1728460812.2|" not in row))
    differences = found("queue-log", str(log), *BOTH[2:])["lines"]["accueil"]["differences"]
    assert [each["why"] for each in differences] == ["unknown", "turned-away", "before-queue"]


def test_a_machine_that_answers_is_not_believed_against_the_channel_events(tmp_path: Path) -> None:
    told = tmp_path / "events.jsonl"
    calls = {"1728460800.0": 1728460809, "1728460812.2": 1728460851, "1728460820.3": 1728460821}
    told.write_text(
        "".join(
            json.dumps({"line": "accueil", "call": call, "type": "answered", "at": at, "wait": 0}) + "\n"
            for call, at in calls.items()
        )
    )
    accueil = found("events", str(told), *BOTH[2:])["lines"]["accueil"]
    assert accueil["reasons"]["false-answer"] == accueil["contradicted"] == 2
    assert (accueil["first"]["answered"], accueil["best"]["answered"], accueil["best"]["lost_rate"]) == (3, 1, 0.6)


def test_the_order_of_the_records_only_swaps_them() -> None:
    one, other = found(*BOTH)["lines"], found(*BOTH[2:], *BOTH[:2])["lines"]
    assert {name: line["best"] for name, line in one.items()} == {name: line["best"] for name, line in other.items()}
    assert [each["why"] for each in one["accueil"]["differences"]] == [
        each["why"] for each in other["accueil"]["differences"]
    ]


def test_a_record_agrees_with_itself() -> None:
    for line in found(*BOTH[2:], *BOTH[2:])["lines"].values():
        assert line["differences"] == []
        assert line["matched"] == line["first"]["offered"] == line["best"]["offered"]


def test_records_without_a_common_id_are_joined_by_time_and_caller(tmp_path: Path) -> None:
    document = found("queue-log", str(log_of(tmp_path)), "asterisk-cel", str(unlike(tmp_path)))
    assert document["joined_by"] == "time"
    assert document["clock"]["offset"] == pytest.approx(37.5, abs=0.1)
    line = document["lines"]["etat-civil"]
    assert (line["matched"], line["only_first"], line["only_second"], line["ambiguous"]) == (7, 0, 1, 0)
    assert line["differences"][0]["second"] == "other-3"


def test_records_that_nothing_joins_are_refused(tmp_path: Path) -> None:
    document = found(*BOTH[:2], "asterisk-cel", str(unlike(tmp_path)), status=1)
    assert document["joined_by"] == "none"
    assert document["lines"]["etat-civil"]["best"]["offered"] is None
    said = reconcile(*BOTH[:2], "asterisk-cel", str(unlike(tmp_path)), env={"LANG": "C"})
    assert said.exit_code == 1
    assert "The calls cannot be joined: no call has the same id in both records" in " ".join(said.stdout.split())


def test_calls_of_the_second_record_that_reached_no_line_are_under_null(tmp_path: Path) -> None:
    other = tmp_path / "cel.csv"
    other.write_text(CEL.read_text().replace("accueil,t", "elsewhere,t").replace("0465710000", "0465719999"))
    lines = found("queue-log", str(QUEUE_LOG), "asterisk-cel", str(other))["lines"]
    assert lines["null"]["first"]["offered"] == 0
    assert lines["null"]["second"]["offered"] == lines["null"]["only_second"] > 0


def test_the_table_says_the_difference_first_then_why_then_which_calls() -> None:
    result = reconcile(*BOTH, env={"LANG": "C"})
    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert said.startswith(
        "accueil: 33.33% of calls lost according to queue-log, 60.00% according to asterisk-cel, 60.00% combined: "
        "1 caller was turned away by the full queue and is missing from the queue-log."
    )
    assert said.index("Calls joined by id") < said.index("1 turned away by the full queue")
    assert "tocsin analyze asterisk-cel FILE --explain 1728460820.3" in said


@pytest.mark.parametrize("said", [("--lang", "fr"), ()])
def test_people_are_told_in_one_language(said: tuple[str, ...]) -> None:
    text = reconcile(*BOTH, *said, env={"LANG": "fr_FR.UTF-8", "LC_ALL": ""}).stdout
    assert "d'appels perdus selon queue-log" in text
    assert "lost by" not in text
    assert "33,33" in text
    assert "perdu (file pleine) après 0 s" in text


def test_programs_are_told_in_english_whatever_people_speak() -> None:
    assert found(*BOTH, "--lang", "fr") == found(*BOTH, "--lang", "en")


def test_no_number_of_a_caller_is_shown(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    result = reconcile(*BOTH, "--html", str(page))
    shown = result.output + json.dumps(found(*BOTH)) + page.read_text(encoding="utf-8")
    assert not any(number in shown for number in NUMBERS)


@pytest.mark.parametrize(
    ("said", "title", "away"),
    [
        (("--lang", "fr"), "Deux relevés rapprochés, appel par appel", "refusés à l'entrée de la file"),
        (("--lang", "en"), "Two records reconciled, call by call", "turned away by the full queue"),
    ],
)
def test_the_auditors_page_holds_all_that_it_needs(
    tmp_path: Path, said: tuple[str, ...], title: str, away: str
) -> None:
    file = tmp_path / "page.html"
    assert reconcile(*BOTH, "--html", str(file), *said).exit_code == 0
    text = file.read_text(encoding="utf-8")
    page = Page(text)
    assert title in page.text
    assert away in page.text
    assert ("accueil :" in page.text) == ("fr" in said), "each language has its own colon"
    assert "src=" not in text
    assert "href=" not in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("queue-log", str(QUEUE_LOG)), "records named: 1; expected two"),
        ((str(QUEUE_LOG), "asterisk-cel", str(CEL)), "is not a kind of record; expected one of queue-log"),
        (("tickets", str(QUEUE_LOG), "asterisk-cel", str(CEL)), "tickets and asterisk-cel are not of the same desks"),
        (("queue-log", "-", "asterisk-cel", "-"), "standard input is named twice"),
        (("queue-log", "/nowhere", "asterisk-cel", str(CEL)), "file '/nowhere' does not exist"),
    ],
)
def test_what_are_no_two_records_is_refused(words: tuple[str, ...], expected: str) -> None:
    result = reconcile(*words)
    assert result.exit_code == 2
    assert expected in " ".join(result.stderr.replace("│", " ").split())


def test_calls_beyond_the_other_record_are_said_to_be(tmp_path: Path) -> None:
    begun = tmp_path / "queue_log"
    begun.write_text("".join(QUEUE_LOG.read_text().splitlines(keepends=True)[:10]))
    line = found("queue-log", str(begun), *BOTH[2:])["lines"]["etat-civil"]
    assert (line["only_second"], line["outside"]) == (2, 2)


def test_a_record_that_gives_nothing_fails(tmp_path: Path) -> None:
    nothing = tmp_path / "queue_log"
    nothing.write_text("no row of a queue_log\n")
    result = reconcile("queue-log", str(nothing), *BOTH[2:])
    assert result.exit_code == 1
    assert f"Found no events in {nothing} when reading it as queue-log" in result.stderr


def test_a_page_that_cannot_be_written_fails(tmp_path: Path) -> None:
    result = reconcile(*BOTH, "--html", str(tmp_path / "nowhere" / "page.html"))
    assert (result.exit_code, f"folder '{tmp_path / 'nowhere'}' does not exist" in result.stderr) == (2, True)
    full = reconcile(*BOTH, "--html", "/dev/full")
    assert (full.exit_code, "failed: " in full.stderr) == (1, True)


def test_several_files_are_one_record(tmp_path: Path) -> None:
    rows = QUEUE_LOG.read_text().splitlines(keepends=True)
    (tmp_path / "queue_log.0").write_text("".join(rows[:6]))
    (tmp_path / "queue_log").write_text("".join(rows[6:]))
    parted = found("queue-log", str(tmp_path / "queue_log.0"), str(tmp_path / "queue_log"), *BOTH[2:])
    assert parted["lines"] == found(*BOTH)["lines"]
