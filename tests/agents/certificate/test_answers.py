"""The table that a person fills in, and the refusal of incomplete tables and of those for other figures."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agents.certificate.answers import AnswersError, answered, counted_calls, written
from agents.language import Language
from streams.certificate.attempts import LineCalls
from streams.kept.times import QUARTER_MS
from streams.simulation.attempt import Attempt

PARIS = ZoneInfo("Europe/Paris")
NOON = 1_362_398_400_000  # 2013-03-04, 13:00 in Paris
DAY = 734_931
CALLS = LineCalls(
    {
        DAY: [
            Attempt(
                line="standard", call=f"=call {n}", start=NOON + n, wait=1_500, outcome="answered", caller="hmac:00"
            )
            for n in range(30)
        ]
        + [
            Attempt(line="standard", call="lost", start=NOON, wait=9_000, outcome="lost"),
            Attempt(
                line="standard", call="open", start=NOON, wait=0, outcome="answered", unsent=frozenset({"answered"})
            ),
            Attempt(line="standard", call="another hour", start=NOON + QUARTER_MS, wait=0, outcome="lost"),
        ]
    },
    rebuilt=False,
)
SLOTS = {NOON // QUARTER_MS}


def table(number: int = 10) -> list[dict[str, str]]:
    text = written(counted_calls(CALLS, SLOTS), number, "seed", PARIS, Language.EN)
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def file(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "calls.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_table_shows_calls_and_no_caller_and_no_spreadsheet_takes_a_call_for_a_formula() -> None:
    rows = table()
    assert {row["outcome"] for row in rows} <= {"answered", "lost", "unresolved"}
    assert "hmac" not in str(rows)
    assert not any(row["call"].startswith("=") for row in rows)
    assert {(row["calls"], row["lost"], row["from"], row["to"]) for row in rows} == {
        ("32", "1", "2013-03-04", "2013-03-04")
    }
    assert [row["number"] for row in rows] == [str(n + 1) for n in range(int(rows[0]["drawn"]))]


def test_answers_in_either_language_give_the_bound(tmp_path: Path) -> None:
    rows = [
        row | {"answer": answer} for row, answer in zip(table(), ["Faux", "inconnu", *["right"] * 20], strict=False)
    ]
    found = answered(file(tmp_path, rows)).of_figures("seed")
    assert (found.calls, found.lost, found.first) == (32, 1, "2013-03-04")
    assert (found.result.checked, found.result.wrong, found.result.unknown) == (len(rows), 1, 1)


def test_a_table_that_a_french_spreadsheet_opened_and_kept_is_read_back(tmp_path: Path) -> None:
    text = written(counted_calls(CALLS, SLOTS), 10, "seed", PARIS, Language.FR)
    assert text.startswith("\ufeffseed;number;")
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(line if n == 0 else f"{line}juste" for n, line in enumerate(text.splitlines())), "utf-8")
    assert answered(path).of_figures("seed").result.checked == len(table())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: [row | {"answer": ""} for row in rows], "nothing"),
        (lambda rows: [row | {"answer": "perhaps"} for row in rows], "perhaps"),
        (lambda rows: rows[1:], "expected each call once"),
        (lambda rows: [*rows, rows[0]], "expected each call once"),
        (lambda rows: [row | {"seed": "other"} for row in rows], "draw a new sample"),
        (lambda rows: [row | {"lost": "many"} for row in rows], "whole number"),
        (lambda rows: [{"call": row["call"]} for row in rows], "expected the columns"),
    ],
)
def test_a_table_that_is_not_whole_is_refused_and_says_why(tmp_path: Path, change: object, says: str) -> None:
    assert callable(change)
    rows = change([row | {"answer": "right"} for row in table()])
    with pytest.raises(AnswersError, match=says):
        answered(file(tmp_path, rows)).of_figures("seed")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"Dear Sir,\n", b"\x00" * 9])
def test_a_file_that_is_no_table_is_refused_with_the_columns_expected(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "calls.csv").write_bytes(content)
    with pytest.raises(AnswersError, match="is not a sample of calls; expected the columns seed, number"):
        answered(tmp_path / "calls.csv")
