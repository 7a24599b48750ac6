"""A form is accepted if it comes from our own page and its values are valid. Otherwise the user sees the errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.board.deciding.forms import FormError, FormSeal, asked, changes, name_of, once, same_origin, state_of
from agents.language import Language
from agents.translation import Words
from streams.events import Review

PARIS = ZoneInfo("Europe/Paris")
WHOLE = {"decision": "confirm", "note": " le logiciel\n a changé ", "once": "abcdefgh", "state": "s"}
INCIDENT = {
    "verdict": "miscount",
    "kind": "drift",
    "from": "2013-09-02T02:00:00+02:00",
    "to": "2013-11-01T01:00:00+01:00",
    "status": "open",
    "decisions": [],
}
TEXT = Words(Language.FR)


def told(**more: str) -> str:
    with pytest.raises(FormError) as refused:
        asked({**WHOLE, **more}, PARIS, TEXT)
    return str(refused.value)


def test_a_whole_form_is_read() -> None:
    found = asked({**WHOLE, "from": "2013-03-04T08:30", "to": "2013-03-04T12:00:30"}, PARIS, TEXT)
    assert (found.choice, found.note, found.once) == ("confirm", "le logiciel a changé", "abcdefgh")
    assert found.start == datetime(2013, 3, 4, 8, 30, tzinfo=PARIS)
    assert found.end == datetime(2013, 3, 4, 12, 0, 30, tzinfo=PARIS)
    assert asked({**WHOLE, "decision": "reopen", "note": ""}, PARIS, TEXT).start is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"decision": "delete"}, "Choisissez"),
        ({"note": " "}, "Indiquez le motif"),
        ({"note": "x" * 501}, "501 caractères ; 500 au plus"),
        ({"from": "hier"}, "« hier » n'est pas une date"),
        ({"from": "0001-01-01T00:00"}, "n'est pas une date"),
        ({"from": "9999-12-31T23:59"}, "n'est pas une date"),
        ({"from": "2013-03-31T02:30"}, "heure d'été"),
        ({"from": "2013-03-04T12:00", "to": "2013-03-04T08:00"}, "La fin précède le début"),
        ({"decision": "declare"}, "Indiquez le début et la fin"),
        ({"once": "0612345678"}, "incomplet"),
        ({"once": ""}, "incomplet"),
    ],
)
def test_what_cannot_be_is_told(more: dict[str, str], says: str) -> None:
    assert says in told(**more)


def test_who_decides_has_a_name() -> None:
    assert name_of({"who": " m.  durand "}, TEXT) == "m. durand"
    for wrong in ("", "x" * 101, "a\x00b"):
        with pytest.raises(FormError):
            name_of({"who": wrong}, TEXT)


def test_a_token_is_good_for_its_holder_and_its_process_alone() -> None:
    seal = FormSeal()
    assert seal.holds("session a", seal.token("session a"))
    for wrong in (seal.token("session b"), "", "\ud800", FormSeal().token("session a")):
        assert not seal.holds("session a", wrong)


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://tocsin.example"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://board:6067"}, True),
        ({"Origin": "http://board"}, False),
        ({"Origin": "http://board:6067.evil"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_form_comes_from_a_page_of_ours(headers: dict[str, str], same: bool) -> None:  # noqa: FBT001 -- from a table
    assert same_origin(headers, "board:6067") is same


def test_what_changed_meanwhile_is_named() -> None:
    before = state_of(INCIDENT, [])
    assert changes(before, INCIDENT, [], TEXT) == []

    def said(taken: tuple[Review, ...] = (), **more: Any) -> list[str]:
        return changes(before, {**INCIDENT, **more}, taken, TEXT)

    assert said(to="2013-11-02T01:00:00+01:00") == ["Son début ou sa fin a changé."]
    assert said(status="closed") == ["L'incident s'est terminé ou a repris entre-temps."]
    assert said(verdict="overload", kind="overload") == ["Le verdict des contrôles a changé."]
    assert said((Review(decision="confirm", at=1.0, by="m.durand"),)) == ["m.durand a décidé entre-temps."]
    assert changes("", INCIDENT, [], TEXT), "who sends no state has seen nothing"


def test_no_two_forms_have_one_name() -> None:
    names = {once() for _ in range(100)}
    assert len(names) == 100
    assert all(each.isalpha() for each in names)
