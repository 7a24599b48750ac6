"""Frames are found however the bytes are split, and after any missing bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.freeswitch.event_socket import BEGIN, EventSocket, Frame, Read, Torn, frames, next_begin, values
from tests.agents.freeswitch import ACCEPTED, GONE, GREETING, as_json, headers, plain, told, xml

WANTED = frozenset({b"CC-Action", b"Caller-Caller-ID-Name"})
STREAM = b"".join(
    [
        GREETING,
        ACCEPTED,
        told("member-queue-start", 0),
        as_json(headers("agent-offering", 1)),
        xml(headers("bridge-agent-start", 2)),
        GONE,
        told("member-queue-end", 3),
    ]
)


def actions(read: list[Read]) -> list[str]:
    events = [each for each in read if isinstance(each, Frame) and each.kind.startswith("text/event")]
    return [values(each, WANTED)["CC-Action"] for each in events]


ALL = ["member-queue-start", "agent-offering", "bridge-agent-start", "member-queue-end"]


@given(st.lists(st.integers(1, len(STREAM) - 1), max_size=30))
def test_the_same_frames_come_of_pieces_of_any_size(cuts: list[int]) -> None:
    socket, borders = EventSocket(), [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[begin:end] for begin, end in pairwise(borders)]
    read = [each for piece in pieces for each in socket.feed(piece)] + list(socket.close())
    assert actions(read) == ALL
    assert len(read) == 7
    assert not any(isinstance(each, Torn) for each in read)


def test_changed_line_ends_are_told_with_how_to_save_the_bytes() -> None:
    (torn,) = frames([STREAM.replace(b"\n", b"\r\n")])
    assert isinstance(torn, Torn)
    assert "line ends were changed to CRLF" in torn.detail
    assert "copy the file in binary mode" in torn.detail


@pytest.mark.parametrize("written", [plain, as_json, xml])
def test_a_value_is_the_same_in_every_format(written: object) -> None:
    told = headers("member-queue-start", 0, Caller_Caller_ID_Name="<Zoé & Ö>: %41 +33")
    (frame,) = frames([written(told)])  # type: ignore[operator]
    assert isinstance(frame, Frame)
    assert values(frame, WANTED) == {name: told[name] for name in ("CC-Action", "Caller-Caller-ID-Name")}


@given(st.data())
def test_missing_bytes_cost_no_frame_but_the_torn_one(data: st.DataObject) -> None:
    parts = [told("member-queue-start", 0), told("agent-offering", 1), told("member-queue-end", 2)]
    torn = parts[1]
    begin = data.draw(st.integers(0, len(torn) - 1))
    end = data.draw(st.integers(begin + 1, len(torn)))
    read = list(frames([parts[0] + torn[:begin] + torn[end:] + parts[2]]))
    found = actions(read)
    assert found[0] == "member-queue-start"
    assert found[-1] == "member-queue-end"
    if (torn[:begin] + torn[end:]).strip():
        assert any(isinstance(each, Torn) for each in read)


def test_a_connection_that_broke_is_followed_by_the_next() -> None:
    read = list(frames([told("member-queue-start", 0)[:-40], GREETING, ACCEPTED, told("member-queue-end", 2)]))
    assert actions(read) == ["member-queue-end"]
    assert [each.detail for each in read if isinstance(each, Torn)] == ["bytes of it are missing"]


def test_an_end_in_the_middle_is_told() -> None:
    read = list(frames([told("member-queue-start", 0), told("member-queue-end", 2)[:-1]]))
    assert isinstance(read[-1], Torn)
    assert actions(read) == ["member-queue-start"]


def test_what_is_no_event_socket_is_told() -> None:
    (torn,) = frames([b"1362382200|7.1|accueil|NONE|ENTERQUEUE||0466496000|1\n"])
    assert isinstance(torn, Torn)


def test_a_frame_knows_its_line() -> None:
    first, second = frames([told("member-queue-start", 0) * 2])
    assert (first.row, second.row) == (1, 1 + told("member-queue-start", 0).count(b"\n"))


def test_an_event_may_have_a_body_of_its_own() -> None:
    body = b"Event-Name: BACKGROUND_JOB\nContent-Length: 9\n\n+OK\n\ndone"
    frame = b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(body)
    read = list(frames([frame + body + told("member-queue-end", 0)]))
    assert [each.__class__ for each in read] == [Frame, Frame]


@given(
    st.lists(
        st.sampled_from(
            [
                b"Content-Length: 12\n",
                b"Content-Length: ",
                b"7",
                b"\n",
                b"Content-Type: log/data\n",
                b"Content-Type: text/event-json\n",
                b"Content-Type: none\n",
                b"x",
            ]
        ),
        max_size=12,
    ).map(b"".join),
    st.integers(0, 90),
    st.integers(0, 90),
)
def test_the_next_frame_begins_where_the_whole_pattern_would_find_it(text: bytes, start: int, end: int) -> None:
    found = BEGIN.search(text, start, end)
    assert next_begin(text, start, end) == (found.start() if found else -1)
