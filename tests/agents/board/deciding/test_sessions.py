"""A session is a cookie that is valid for a day, and nothing stored on the server can open one."""

from __future__ import annotations

from agents.board.deciding.sessions import MOST, SECONDS, Sessions


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
