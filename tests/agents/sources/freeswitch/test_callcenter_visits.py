"""The visits of sessions are kept separate and bounded in number."""

from __future__ import annotations

from agents.sources.freeswitch.callcenter_visits import MOST_SESSIONS, MOST_VISITS, QueueVisits


def test_a_visit_told_again_is_the_same_and_a_later_one_is_the_next() -> None:
    visits = QueueVisits()
    first, _ = visits.enter("accueil", "s1", "m1", 10.0)
    assert visits.enter("accueil", "s1", "m1", 10.0)[0] == first == "s1"
    assert visits.enter("accueil", "s1", "m1", 20.0)[0] == "s1#2"
    assert visits.enter("etat-civil", "s1", "m2", 20.0)[0] == "s1"
    assert [visits.find("accueil", "s1", "m1", at)[0] for at in (5.0, 15.0, 25.0)] == ["s1", "s1", "s1#2"]


def test_an_entry_after_what_followed_it_is_no_other_visit() -> None:
    visits = QueueVisits()
    _, found = visits.find("accueil", "s1", "m1", 12.0)
    name, entered = visits.enter("accueil", "s1", "m1", 10.0)
    assert (name, entered.since, entered.seen) == ("s1", 10.0, True)
    assert entered is found


def test_a_member_tells_visits_of_one_session_apart() -> None:
    visits = QueueVisits()
    visits.enter("accueil", "s1", "m1", 10.0)
    visits.enter("accueil", "s1", "m2", 20.0)
    assert visits.find("accueil", "s1", "m1", 25.0)[0] == "s1"
    assert visits.find("accueil", "s1", "m2", 25.0)[0] == "s1#2"


def test_what_is_remembered_is_bounded() -> None:
    visits = QueueVisits()
    for number in range(MOST_SESSIONS + 10):
        visits.enter("accueil", f"s{number}", "m", 10.0)
    for second in range(MOST_VISITS + 10):
        name, _ = visits.enter("accueil", "loop", "m", 100.0 + second)
    assert len(visits.sessions) == MOST_SESSIONS
    assert name == f"loop#{MOST_VISITS + 10}"
    assert len(visits.sessions["accueil/loop"]) == MOST_VISITS
