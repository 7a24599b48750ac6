"""`analyze --answers`: a file answers what the lines ask, some time later."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from agents.analysis.answers import AnswersFileError, read_answers
from tests.agents.invoking import found, invoke, refused, written
from tests.streams.watch.telling import USUAL_DAYS, flip, opening, usual

OFFICE = """\
site: lozere
timezone: UTC
opening_hours: "Mo-Su 08:00-16:00"
holidays: {country: null}
lines: {circulation: {expected_lost_rate: 0.02}}
"""

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, list[str]]:
    """Return a file of events with a fault of two days, the office, and the ids of the calls that are counted lost."""
    folder, told = tmp_path_factory.mktemp("answers"), usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 2):
        flip(told, day)
    told.day(USUAL_DAYS + 2)
    told.events.sort(key=lambda each: float(str(each.at)))
    lost = [each.call for each in told.events if each.type == "lost" and float(str(each.at)) > opening(USUAL_DAYS)]
    events = written(folder / "events.jsonl", b"\n".join(map(msgspec.json.encode, told.events)))
    return events, written(folder / "office.yaml", OFFICE.encode()), lost


def answered(folder: Path, calls: list[str], answer: str, **more: object) -> str:
    rows = [{"line": "circulation", "call": each, "answer": answer, **more} for each in calls]
    return written(folder / "answers.jsonl", b"\n".join(json.dumps(each).encode() for each in rows))


@pytest.mark.slow
def test_a_question_is_open_until_it_is_answered(files: tuple[str, str, list[str]], tmp_path: Path) -> None:
    events, office, lost = files
    document = found("events", events, "--config", office)
    (asked, *_) = document["questions"]
    assert (asked["line"], asked["status"]) == ("circulation", "open")
    assert asked["answers"] == {"right": 0, "wrong": 0, "cannot-tell": 0}
    assert {each["counted"] for each in asked["calls"]} == {"lost"}
    assert {each["call"] for each in asked["calls"]} <= set(lost)
    document = found("events", events, "--config", office, "--answers", answered(tmp_path, lost, "wrong"))
    (again, *_) = document["questions"]
    assert (again["id"], again["status"]) == (asked["id"], "answered")
    assert again["answers"] == {"right": 0, "wrong": len(asked["calls"]), "cannot-tell": 0}
    (incident,) = document["incidents"]
    assert (incident["verdict"], incident["evidence"][0]["check"]) == ("miscount", "answers")


def test_right_answers_leave_no_miscount(files: tuple[str, str, list[str]], tmp_path: Path) -> None:
    events, office, lost = files
    document = found("events", events, "--config", office, "--answers", answered(tmp_path, lost, "right", after=60))
    assert [each for each in document["incidents"] if each["verdict"] == "miscount"] == []
    assert document["lines"]["circulation"]["corrected"]["lost"] == document["lines"]["circulation"]["raw"]["lost"]


def test_calls_that_nobody_asked_about_are_allowed_in_the_file(tmp_path: Path) -> None:
    file = Path(answered(tmp_path, ["1", "2"], "cannot-tell"))
    assert {key: each.after for key, each in read_answers(file).items()} == {
        ("circulation", "1"): 3600.0,
        ("circulation", "2"): 3600.0,
    }


@pytest.mark.parametrize("wrong", [b'{"line": "circulation"}', b"{", b'{"line": "a", "call": "1", "answer": "maybe"}'])
def test_a_wrong_line_is_refused_with_its_number(wrong: bytes, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b'{"line": "a", "call": "1", "answer": "right"}\n\n' + wrong + b"\n")
    with pytest.raises(AnswersFileError, match="line 3"):
        read_answers(file)


def test_an_empty_file_and_several_jobs_are_refused(files: tuple[str, str, list[str]], tmp_path: Path) -> None:
    events, office, _ = files
    empty = written(tmp_path / "empty", b"\n")
    assert "no answer" in refused("analyze", "events", events, "--config", office, "--answers", empty)
    file = answered(tmp_path, ["1"], "right")
    assert "--jobs" in refused("analyze", "events", events, "--config", office, "--answers", file, "--jobs", "2")


@pytest.mark.slow
def test_a_doubt_that_nobody_answers_stands_beside_the_figure_and_among_what_to_look_at(
    files: tuple[str, str, list[str]], tmp_path: Path
) -> None:
    events, office, lost = files
    asked = [each["call"] for each in found("events", events, "--config", office)["questions"][0]["calls"]]
    for options in ((), ("--full",)):
        shown = invoke("analyze", "events", events, "--config", office, *options).stdout
        _, _, rows = " ".join(shown.split()).partition(" circulation ")
        assert "asked, not answered" in rows.partition("To look at:")[0], "the table wraps long remarks"
        assert f"were the calls {', '.join(asked)} counted rightly?" in " ".join(shown.split())
    answers = answered(tmp_path, lost, "wrong")
    assert "not answered" not in invoke("analyze", "events", events, "--config", office, "--answers", answers).stdout
