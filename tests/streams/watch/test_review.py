"""Reviews apply in the order of their moments, change the corrected figures only, and are never lost."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec
import pytest

from streams.calls.call import LOST
from streams.calls.rules import LineRules
from streams.chain.links import year_decided
from streams.decoding import Invalid
from streams.desks.line import Line
from streams.events import Review
from streams.kept import record
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.watch.correction import Corrected
from streams.watch.facts import Declared
from streams.watch.incident import MAX_DECISIONS, Decided, Incident
from streams.watch.incidents import MAX_KEPT, MAX_WAITING_DECISIONS
from streams.watch.quarantine import correct
from streams.watch.review import MAX_NOTE, decided, desk_of
from tests.streams.reading_back import read_back
from tests.streams.telling import event

NOW = 1_543_572_000  # s: a whole hour
DAY = 86_400
RULES = LineRules(site="lozere", line="circulation", expected=0.02)


def office() -> Line:
    """Return a line of twelve calls with a conversation, counted lost, and one good call."""
    line = Line(RULES)
    for number in range(12):
        at = NOW + 300 * number
        line.fold(event("offered", at, str(number)))
        line.fold(event("lost", at + 5, str(number), wait=5, reason="abandoned"))
        line.fold(event("ended", at + 65, str(number), talk=60))
    line.fold(event("offered", NOW + 6300, "later"))
    line.fold(event("answered", NOW + 6309, "later", wait=9))
    return line


def review(decision: str, at: float = NOW, **more: Any) -> Review:
    return msgspec.convert({"decision": decision, "at": at, "by": "m.durand", **more}, Review)


def corrected(line: Line) -> Corrected:
    return correct(line.figures.counts(), line.watch)


def only(line: Line) -> Incident:
    (incident,) = line.state.watch.incidents
    return incident


def lost(line: Line) -> int | None:
    counts = corrected(line).counts
    return None if counts is None else counts.lost


def test_a_dismissal_gives_the_calls_back_and_a_confirmation_takes_them_again() -> None:
    line = office()
    name = only(line).id
    assert (lost(line), line.figures.count(LOST), only(line).status) == (0, 12, "open")
    assert line.review(review("dismiss", NOW, incident=name, note="a fair")) == OK
    assert (lost(line), line.figures.count(LOST), only(line).status) == (12, 12, "dismissed")
    assert line.review(review("confirm", NOW + 1, incident=name)) == OK
    assert (lost(line), only(line).status) == (0, "confirmed")
    assert line.review(review("reopen", NOW + 2, incident=name)) == OK
    assert (lost(line), only(line).status) == (0, "open")
    assert [(each.decision, each.by, each.note) for each in only(line).decisions] == [
        ("dismiss", "m.durand", "a fair"),
        ("confirm", "m.durand", ""),
        ("reopen", "m.durand", ""),
    ]


def test_a_repetition_changes_nothing_and_any_order_gives_the_same() -> None:
    name = only(office()).id
    reviews = [review(what, NOW + n, incident=name) for n, what in enumerate(("dismiss", "confirm", "reopen"))]
    states = []
    for order in permutations(reviews):
        line = office()
        assert [line.review(each) for each in order] == [OK] * 3
        assert [line.review(each) for each in order] == [DUPLICATE] * 3
        states.append((only(line).status, only(line).decisions, line.state.reviews.results))
    assert states == [states[0]] * 6
    assert (states[0][0], states[0][2]) == ("open", [3, 3, 0])


def test_bounds_that_a_person_sets_hold_against_the_checks() -> None:
    line = office()
    name = only(line).id
    line.review(review("confirm", incident=name, **{"from": NOW, "to": NOW + 1800}))
    assert only(line).bounds() == (NOW * 1000, (NOW + 1800) * 1000)
    assert lost(line) == 6, "of twelve, the half that is not within"
    line.review(review("confirm", NOW + 9, incident=name, to=NOW + 3600))
    assert only(line).bounds() == (NOW * 1000, (NOW + 3600) * 1000)


def test_a_decision_that_comes_before_its_incident_waits_for_it() -> None:
    name = only(office()).id
    line = Line(RULES)
    dismissal = review("dismiss", incident=name, note="a fair")
    assert line.review(dismissal) == OK
    assert line.review(dismissal) == DUPLICATE
    restored = Line(RULES, read_back(line.state))
    told = office().state
    for number in range(12):
        at = NOW + 300 * number
        restored.fold(event("offered", at, str(number)))
        restored.fold(event("lost", at + 5, str(number), wait=5, reason="abandoned"))
        restored.fold(event("ended", at + 65, str(number), talk=60))
    restored.fold(event("offered", NOW + 6300, "later"))
    assert only(restored).id == only(office()).id == told.watch.incidents[0].id
    assert (only(restored).status, restored.state.watch.waiting) == ("dismissed", [])


def test_a_dismissed_incident_that_goes_on_opens_no_second_one() -> None:
    line = office()
    line.review(review("dismiss", incident=only(line).id))
    for number in range(40):
        at = NOW + DAY + 300 * number
        line.fold(event("offered", at, f"b{number}"))
        line.fold(event("lost", at + 5, f"b{number}", wait=5, reason="abandoned"))
        line.fold(event("ended", at + 65, f"b{number}", talk=60))
    line.fold(event("offered", NOW + 2 * DAY, "later still"))
    assert (only(line).status, only(line).end > (NOW + DAY) * 1000) == ("dismissed", True)
    assert lost(line) == 52


def test_what_can_open_no_more_is_unknown() -> None:
    line = office()
    with pytest.raises(Invalid, match="unknown-incident: line 'circulation' has no incident") as refused:
        line.review(review("confirm", incident="circulation-20130304T073000Z-rise"))
    assert refused.value.reason == "unknown-incident"


def test_so_many_wait_and_no_more_and_the_hopeless_make_room() -> None:
    line = Line(RULES)
    for second in range(MAX_WAITING_DECISIONS):
        line.review(review("confirm", incident=f"circulation-20181130T1000{second // 60:02}Z-rise", note=str(second)))
        line.review(review("confirm", NOW + second, incident="circulation-20181130T100000Z-fall"))
        if len(line.state.watch.waiting) == MAX_WAITING_DECISIONS:
            break
    assert len(line.state.watch.waiting) == MAX_WAITING_DECISIONS
    with pytest.raises(Invalid, match="has not opened yet"):
        line.review(review("confirm", NOW + 999, incident="circulation-20181201T100000Z-rise"))
    line.fold(event("offered", NOW + 60 * DAY))
    assert line.review(review("confirm", incident="circulation-20190128T100000Z-rise")) == OK
    assert (len(line.state.watch.waiting), line.state.watch.unapplied) == (1, MAX_WAITING_DECISIONS)


def test_a_person_declares_what_no_check_found() -> None:
    line = Line(RULES)
    for number in range(12):
        at = NOW + 300 * number
        line.fold(event("offered", at, str(number)))
        line.fold(event("answered", at + 5, str(number), wait=5))
    line.fold(event("offered", NOW + 2 * DAY, "later"))
    declaration = review("declare", line="circulation", note="a test of the queue", **{"from": NOW, "to": NOW + 900})
    assert (line.review(declaration), line.review(declaration)) == (OK, DUPLICATE)
    declared = only(line)
    assert declared.id == "circulation-20181130T100000Z-declared"
    assert (declared.verdict, declared.status) == ("miscount", "confirmed")
    assert declared.evidence[0].facts == Declared("m.durand", "a test of the queue")
    assert (corrected(line).method, corrected(line).quarantined) == ("exclude", 1)
    line.review(review("dismiss", NOW + 5, incident=declared.id))
    assert (corrected(line).method, corrected(line).quarantined) == ("none", 0)


def test_what_left_the_memory_follows_a_decision_too() -> None:
    line = office()
    for day in range(1, 60):
        for number in range(3):
            at = NOW + day * DAY + 600 * number
            line.fold(event("offered", at, f"{day} {number}"))
            line.fold(event("answered", at + 9, f"{day} {number}", wait=9))
    incident = only(line)
    assert incident.id in line.state.watch.mended
    assert lost(line) == 0
    incident.close()
    assert incident.status == "closed"
    line.review(review("dismiss", incident=incident.id))
    assert (lost(line), incident.status) == (12, "dismissed")


def test_the_end_of_an_incident_does_not_overrule_a_person() -> None:
    line = office()
    line.review(review("dismiss", incident=only(line).id))
    only(line).close()
    assert (only(line).status, only(line).over) == ("dismissed", True)


def test_an_incident_keeps_its_last_decisions_in_whatever_order_they_come() -> None:
    first, *rest = [Decided("i", at, at, "confirm", "m", "", None, None) for at in range(MAX_DECISIONS + 1)]
    first.start, first.end = 5, 7
    kept = Incident("i", "circulation", "rise", "undecided", "drift", 0, 9, 9, 0)
    assert [kept.decide(each) for each in (first, *rest)] == [OK] * (MAX_DECISIONS + 1)
    assert (len(kept.decisions), kept.bounds()) == (MAX_DECISIONS, (5, 7)), "the bounds that the dropped one set"
    assert kept.decide(Decided("i", 0, 77, "dismiss", "m", "", None, None)) == LATE
    assert kept.status == "confirmed"


def test_who_takes_an_incident_changes_nothing_else_and_the_last_one_has_it_until_it_is_reopened() -> None:
    said = [review("take", NOW + 9_000, by="m.durand"), review("take", NOW + 9_001, by="s.martin")]
    untouched = office()
    for order in permutations([*said, said[0]]):
        line = office()
        for each in order:
            line.review(msgspec.structs.replace(each, incident=only(line).id))
        found = only(line)
        assert found.taken is not None
        assert (found.taken.by, found.in_hand) == ("s.martin", True)
        assert (lost(line), found.status, found.decisions) == (lost(untouched), only(untouched).status, [])
        line.review(review("reopen", NOW + 9_002, incident=found.id))
        assert not only(line).in_hand
    for more in ({"note": "x"}, {"to": NOW}):
        with pytest.raises(Invalid, match="decides nothing"):
            line.review(review("take", incident=only(line).id, **more))


def test_a_note_and_the_incidents_of_a_line_are_bounded() -> None:
    line = Line(RULES)
    for number in range(MAX_KEPT + 5):
        bounds = {"from": NOW + 900 * number, "to": NOW + 900 * (number + 1)}
        line.review(review("declare", NOW, line="circulation", note="é" * 5_000, **bounds))
    incidents = line.state.watch.incidents
    assert len(incidents) == MAX_KEPT
    assert incidents[0].start == (NOW + 900 * 5) * 1000
    assert len(incidents[0].decisions[0].note) == MAX_NOTE
    assert line.shed()
    assert not any(each.note for incident in incidents for each in incident.decisions)
    assert not line.shed()


def test_a_stretch_beyond_all_calendars_is_refused_and_stops_nothing() -> None:
    line = office()
    before = record.encode(line.state)
    for bounds in ({"to": "9999-12-31T23:59:59-12:00"}, {"from": "0001-01-01T00:00:00+12:00"}):
        stretch: dict[str, Any] = {"from": NOW, "to": NOW + 60} | bounds
        forged = review("declare", line="circulation", note="x", **stretch)
        assert year_decided(forged) is None
        with pytest.raises(Invalid, match="1970 to 2100"):
            line.review(forged)
    assert record.encode(line.state) == before


ANSWERED: dict[str, Any] = {"line": "circulation", "call": "7", "answer": "right"}


@pytest.mark.parametrize("missing", ANSWERED)
def test_an_answer_without_its_line_call_or_words_is_refused(missing: str) -> None:
    whole = review("answer", **ANSWERED)
    assert desk_of(whole) == ("line", "circulation")
    with pytest.raises(Invalid, match=r"an answer needs `\$\.line`, `\$\.call` and `\$\.answer`"):
        desk_of(msgspec.structs.replace(whole, **{missing: None}))


def test_an_answer_is_no_decision_on_an_incident() -> None:
    with pytest.raises(Invalid, match="an answer decides on no incident"):
        decided(review("answer", **ANSWERED))


@pytest.mark.parametrize("named", [{}, {"line": "circulation", "service": "titres"}])
def test_a_declaration_names_one_desk(named: dict[str, Any]) -> None:
    bounds = {"from": NOW, "to": NOW + 900}
    with pytest.raises(Invalid, match="a declaration names one of"):
        desk_of(review("declare", **named, **bounds))
    assert desk_of(review("declare", service="titres", **bounds)) == ("service", "titres")
