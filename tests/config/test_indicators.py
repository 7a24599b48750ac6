"""Settings of an office's report and notice, and the errors for invalid ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.office import Signatory
from tests.config.test_settings import given, refused

OFFICE = "site: mende\nlines: {standard: {}}\nservices: {cartes: {}}\nrequests: {email: {}}\noffice: "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "office.yaml"


def test_an_office_says_when_it_meets_what_it_writes_and_what_it_hangs_up(file: Path) -> None:
    (written := file.with_name("introduction.md")).write_text("# Une année", encoding="utf-8")
    says = f"{{meeting: 2014-11-04, introduction: {written}, notice: ['wait:cartes', 'satisfaction:accueil']}}"
    office = given(file, OFFICE + says).office
    assert (office.meeting, office.introduction) == (date(2014, 11, 4), written)
    assert office.notice == ("wait:cartes", "satisfaction:accueil")


def test_an_office_need_say_nothing(file: Path) -> None:
    assert given(file, "site: mende").office == Signatory(meeting=None, introduction=None, notice=())


@pytest.mark.parametrize(
    "known", ["lost_rate:standard", "answer_rate:standard", "within_target:email", "mean_days:email"]
)
def test_every_indicator_of_the_office_can_be_hung_up(file: Path, known: str) -> None:
    assert given(file, f"{OFFICE}{{notice: ['{known}']}}").office.notice == (known,)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (
            "{notice: ['wait:cartes', 'lost_rate:standart']}",
            'office.notice.1: found "lost_rate:standart", expected an indicator of this office '
            "(did you mean lost_rate:standard?)",
        ),
        (
            "{commitments: [{label: Répondre, indicator: 'lost_rate:standart'}]}",
            'office.commitments.0.indicator: found "lost_rate:standart", expected an indicator of this office '
            "(did you mean lost_rate:standard?)",
        ),
        ("{notice: ['satisfaction:']}", 'office.notice.0: found "satisfaction:", expected an indicator of this office'),
        (
            "{notice: ['wait:cartes', 'wait:cartes', 'wait:cartes', 'wait:cartes']}",
            "office.notice: found ",
        ),
        ("{meeting: 2014-11-31}", 'office.meeting: found "2014-11-31", expected a day as YYYY-MM-DD'),
        ("{introduction: nowhere.md}", 'office.introduction: found "nowhere.md", expected the path of a file'),
    ],
)
def test_what_cannot_be_is_refused(file: Path, says: str, message: str) -> None:
    (line,) = refused(file, OFFICE + says)
    assert line.startswith(message)


def test_a_wrong_line_is_refused_before_what_is_hung_up_of_it(file: Path) -> None:
    (line,) = refused(file, "site: mende\nlines: {standard: {target: 40}}\noffice: {notice: ['lost_rate:standard']}")
    assert line.startswith("lines.standard.target")
