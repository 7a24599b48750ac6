"""A session is a cookie that is valid for a day, and nothing stored on the server can open one."""

from __future__ import annotations

from agents.board.deciding.sessions import IDLE_SECONDS, MOST, MOST_OF_A_PERSON, SECONDS, Sessions
from agents.board.oidc.person import Person


def test_a_session_is_known_by_what_was_sent_until_it_ends() -> None:
    sessions = Sessions()
    sent, session = sessions.begin("m.durand", 0.0)
    assert sessions.of(sent, SECONDS - 1) == session
    assert session.who == "m.durand"
    for wrong in (None, "", sent[:-1], session.id, "\ud800"):
        assert sessions.of(wrong, 0.0) is None
    assert sessions.of(sent, SECONDS) is None


def test_who_signs_out_is_out_at_once() -> None:
    sessions = Sessions()
    sent, session = sessions.begin("m.durand", 0.0)
    sessions.end(session)
    sessions.end(session)
    assert sessions.of(sent, 0.0) is None


def test_of_too_many_the_oldest_ends() -> None:
    sessions = Sessions()
    sent = [sessions.begin(str(number), 0.0)[0] for number in range(MOST + 1)]
    assert sessions.of(sent[0], 0.0) is None
    assert [sessions.of(each, 0.0) is not None for each in sent[1:]] == [True] * MOST


def test_a_person_whom_a_provider_signed_in_is_out_after_an_idle_hour() -> None:
    sessions, anne = Sessions(), Person("1", "Anne Martin", frozenset({"qualite"}), "token")
    sent, session = sessions.begin(anne.name, 0.0, person=anne)
    assert session.person == anne
    now = 0.0
    while now + IDLE_SECONDS - 1 < SECONDS:
        now += IDLE_SECONDS - 1
        assert sessions.of(sent, now) is not None, "each request counts"
    assert sessions.of(sent, SECONDS) is None, "a working day is the most"
    idle, _ = sessions.begin(anne.name, 0.0, person=anne)
    assert sessions.of(idle, IDLE_SECONDS) is None


def test_who_signs_in_often_ends_only_their_own_sessions() -> None:
    sessions = Sessions()
    anne, other = (Person(each, each, frozenset({"x"}), "token") for each in ("anne", "other"))
    kept, _ = sessions.begin("other", 0.0, person=other)
    sent = [sessions.begin("anne", 0.0, person=anne)[0] for _ in range(MOST_OF_A_PERSON + 2)]
    assert [sessions.of(each, 0.0) is not None for each in sent] == [False] * 2 + [True] * MOST_OF_A_PERSON
    assert sessions.of(kept, 0.0) is not None
