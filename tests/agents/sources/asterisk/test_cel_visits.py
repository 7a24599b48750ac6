"""Callers who enter a line, leave it for another, or are assigned to it by the number dialled."""

from __future__ import annotations

import pytest

from tests.agents.sources.asterisk.cel_log import (
    ANSWERED,
    BEGIN,
    CALLER,
    KEY,
    MOBILE,
    PHONE,
    PICKED_UP,
    RING,
    SECOND,
    T,
    events,
    hung_up,
    outcomes,
    phone,
    queue,
    row,
    told,
)


@pytest.mark.parametrize(
    ("seconds", "data", "after", "reason", "wait"),
    [
        (12, "accueil,t,,,30", hung_up(14), "abandoned", 12.0),
        (30.2, "accueil,t,,,30", hung_up(33, "dialplan/builtin"), "timeout", 30.2),
        (8, "accueil,tn", hung_up(10, "dialplan/builtin"), "timeout", 8.0),
        (12, "accueil,t,,,30", hung_up(14, "dialplan/builtin"), "no_agents", 12.0),
        (12, "accueil,t", [row("APP_START", 14.1, app="Playback"), *hung_up(16)], "no_agents", 12.0),
        (0.001, "accueil,t", [row("APP_START", 2.1, app="Playback"), *hung_up(4)], "no_agents", 0.001),
        (0.001, "accueil,t", hung_up(2.1, "dialplan/builtin"), "no_agents", 0.001),
        (0.5, "accueil,t", hung_up(2.5), "abandoned", 0.5),
    ],
)
def test_a_caller_who_leaves(seconds: float, data: str, after: list[bytes], reason: str, wait: float) -> None:
    entered = [*BEGIN, queue("APP_START", 2, data)]
    _, lost = events(*entered, queue("APP_END", 2 + seconds, data), *after)
    assert (lost.type, lost.reason, lost.wait, lost.at) == ("lost", reason, wait, T + 2 + seconds)


def test_a_caller_whom_a_full_queue_turns_away_is_lost_though_no_row_says_so() -> None:
    other = {"channel": SECOND, "call": SECOND}
    door = [queue("APP_START", 5, **other), queue("APP_END", 5.001, **other)]
    goodbye = row("APP_START", 5.002, app="Playback", data="vm-goodbye", **other)
    away = [row("HANGUP", 8, hangupsource="dialplan/builtin", **other), row("CHAN_END", 8, **other)]
    found = told(*BEGIN, queue("APP_START", 2), row("CHAN_START", 4.5, **other), *door, goodbye, *away)
    assert found[1:] == [("accueil", SECOND, "offered", None), ("accueil", SECOND, "lost", "full")]


@pytest.mark.parametrize("streams", [True, False], ids=["as Asterisk 22 writes", "without streams and keys"])
def test_a_key_leads_to_the_queue_of_another_line(streams: bool) -> None:  # noqa: FBT001 - a parameter of the test
    there = {"exten": "2", "context": "touche"}
    rows = [
        *KEY,
        queue("STREAM_BEGIN", 6.002, "600,t", **there),
        phone("CHAN_START", 7, "", exten="s"),
        phone("BRIDGE_ENTER", 10, exten="2"),
        queue("BRIDGE_ENTER", 10.001, "600,t", **there),
        queue("APP_END", 30, "600,t", **there),
        *hung_up(30.001),
    ]
    if not streams:
        rows = [each for each in rows if not each.startswith((b'"STREAM', b'"DTMF'))]
    found = events(*rows)
    assert [(event.line, event.type, event.reason, event.to) for event in found] == [
        ("accueil", "offered", None, None),
        ("accueil", "diverted", "key", "etat-civil"),
        ("etat-civil", "offered", None, None),
        ("etat-civil", "answered", None, None),
        ("etat-civil", "ended", None, None),
    ]


def test_a_key_leads_to_a_queue_that_turns_the_caller_away() -> None:
    there = {"exten": "2", "context": "touche"}
    rows = [*KEY, queue("APP_END", 6.002, "600,t", **there), *hung_up(6.003, "dialplan/builtin", **there)]
    assert outcomes(*rows) == [("accueil", "diverted", "key"), ("etat-civil", "lost", "no_agents")]


def test_a_key_leads_back_into_the_same_queue_as_a_new_attempt() -> None:
    there = {"exten": "1", "context": "touche"}
    begun = [*BEGIN, queue("APP_START", 2), queue("DTMF", 6, digit="1"), queue("STREAM_END", 6.001, **there)]
    again = [queue("STREAM_BEGIN", 6.002, **there), queue("APP_END", 20, **there), *hung_up(20)]
    assert told(*begun, *again) == [
        ("accueil", CALLER, "offered", None),
        ("accueil", CALLER, "diverted", "key"),
        ("accueil", f"{CALLER}#2", "offered", None),
        ("accueil", f"{CALLER}#2", "lost", "abandoned"),
    ]


class TestBetweenTwoQueues:
    """Asterisk writes no row between two applications of one name, unless music begins."""

    def test_a_key_leads_back_into_the_same_queue(self) -> None:
        there = {"exten": "1", "context": "touche"}
        rows = [*BEGIN, queue("APP_START", 2), queue("DTMF", 6, digit="1"), queue("APP_END", 26, **there)]
        found = events(*rows, *hung_up(26, "dialplan/builtin", **there))
        assert [(event.call, event.reason, event.wait, event.at) for event in found if event.reason] == [
            (CALLER, "key", 4.0, T + 6),
            (f"{CALLER}#2", "no_agents", 20.0, T + 26),
        ]

    def test_a_queue_that_may_be_waited_in_no_longer_is_followed_by_the_next(self) -> None:
        rows = [*BEGIN, queue("APP_START", 2, "accueil,t,,,30"), phone("CHAN_START", 32.5, "", exten="s")]
        found = events(*rows, phone("BRIDGE_ENTER", 40), queue("BRIDGE_ENTER", 40.001, "600,t,,,15"))
        assert [(event.line, event.type, event.wait) for event in found] == [
            ("accueil", "offered", None),
            ("accueil", "diverted", 30.0),
            ("etat-civil", "offered", None),
            ("etat-civil", "answered", 8.0),
        ]


def test_a_key_leads_to_a_channel_that_the_exchange_ends_at_once() -> None:
    there = {"exten": "3", "context": "touche"}
    rows = [*BEGIN, queue("APP_START", 2), queue("DTMF", 6, digit="3"), queue("APP_END", 6.002, **there)]
    assert outcomes(*rows, *hung_up(6.003, by="", **there)) == [("accueil", "diverted", "key")]


@pytest.mark.parametrize(("context", "reason"), [("voicemail", "key"), ("queue-callback", "callback")])
def test_a_key_leads_out_of_the_queues(context: str, reason: str) -> None:
    to = {"exten": "1", "context": context}
    away = [queue("APP_END", 6.002, **to), row("APP_START", 6.01, app="VoiceMail", **to), *hung_up(40)]
    pressed = queue("DTMF", 6, digit="1")
    assert outcomes(*BEGIN, queue("APP_START", 2), pressed, *away) == [("accueil", "diverted", reason)]


def test_a_queue_that_overflows_into_another_is_one_attempt_on_each_line() -> None:
    overflow = [queue("APP_END", 32.1), queue("APP_START", 32.2, "600,t,,,15")]
    bridged = [phone("BRIDGE_ENTER", 40), queue("BRIDGE_ENTER", 40.001, "600,t,,,15")]
    rows = [*BEGIN, queue("APP_START", 2), *overflow, phone("CHAN_START", 33, "", exten="s"), *bridged]
    assert outcomes(*rows) == [("accueil", "diverted", "transfer"), ("etat-civil", "answered", None)]


def test_a_phone_that_the_dialplan_rings_after_the_queue_answers_for_its_line() -> None:
    dial = row("APP_START", 32.2, app="Dial", data="PJSIP/101")
    bridged = [phone("BRIDGE_ENTER", 36, "AppDial"), row("BRIDGE_ENTER", 36.001, app="Dial")]
    rows = [*BEGIN, queue("APP_START", 2), queue("APP_END", 32.1), dial, phone("CHAN_START", 33, ""), *bridged]
    assert outcomes(*rows, *hung_up(60)) == [("accueil", "answered", None)]


class TestTheNumberDialled:
    """A call that enters no queue is assigned by the number dialled."""

    def test_a_caller_who_hangs_up_before_the_queue(self) -> None:
        assert outcomes(*BEGIN, *hung_up(3)) == [("accueil", "lost", "abandoned")]
        assert outcomes(*BEGIN, *hung_up(3, "dialplan/builtin")) == [("accueil", "lost", "unknown")]

    def test_a_number_of_no_line_is_no_attempt(self) -> None:
        assert told(row("CHAN_START", 0, exten="9999"), *hung_up(3)) == []

    def test_a_trunk_that_tells_the_number_in_another_column(self) -> None:
        begun = row("CHAN_START", 0, exten="s").replace(b'"","s","s"', b'"","4000","s"')
        assert outcomes(begun, *hung_up(3)) == [("accueil", "lost", "abandoned")]

    def test_a_menu_before_the_queue_of_another_line_is_no_attempt_on_its_own(self) -> None:
        menu = row("APP_START", 1, app="BackGround", data="menu", context="ivr", exten="s")
        rows = [*BEGIN, menu, queue("APP_START", 9, "600,t"), queue("APP_END", 20, "600,t"), *hung_up(20)]
        assert told(*rows) == [("etat-civil", CALLER, "offered", None), ("etat-civil", CALLER, "lost", "abandoned")]

    def test_phones_that_ring_together(self) -> None:
        dial = row("APP_START", 1, app="Dial", data="PJSIP/101&PJSIP/102")
        bridged = [phone("BRIDGE_ENTER", 9, "AppDial"), row("BRIDGE_ENTER", 9.001, app="Dial")]
        rows = [*BEGIN, dial, phone("CHAN_START", 1.1, ""), *bridged, row("APP_END", 30, app="Dial"), *hung_up(30)]
        found = events(*rows)
        assert [event.type for event in found] == ["offered", "answered", "ended"]
        assert (found[0].at, found[1].wait, found[2].talk) == (T, 9.0, 21.0)

    def test_nobody_takes_the_call_and_the_voicemail_does(self) -> None:
        dial, voicemail = row("APP_START", 1, app="Dial"), row("APP_START", 20, app="VoiceMail")
        assert outcomes(*BEGIN, dial, voicemail, *hung_up(40)) == [("accueil", "diverted", "voicemail")]

    def test_phones_that_ring_before_the_queue_of_the_same_line_are_the_same_attempt(self) -> None:
        dial = [row("APP_START", 1, app="Dial"), row("APP_END", 15, app="Dial")]
        rows = [*BEGIN, *dial, queue("APP_START", 15.1), RING, *PICKED_UP, *hung_up(40)]
        assert [kind for _, _, kind, _ in told(*rows)] == ["offered", "answered", "ended"]

    def test_phones_that_ring_before_the_queue_of_another_line_are_an_attempt(self) -> None:
        rows = [*BEGIN, row("APP_START", 1, app="Dial"), queue("APP_START", 15, "600,t"), *hung_up(40)]
        assert outcomes(*rows) == [("accueil", "diverted", "transfer"), ("etat-civil", "lost", "abandoned")]

    def test_calls_within_the_office_and_out_of_it_are_none(self) -> None:
        calling = {"call": PHONE, "context": "internal"}
        out = [row("CHAN_START", 0, PHONE, exten="0466496000", **calling)]
        out += [row("APP_START", 0.1, PHONE, "Dial", exten="0466496000", **calling)]
        out += [row("CHAN_START", 0.2, MOBILE, call=PHONE), row("BRIDGE_ENTER", 9, MOBILE, "AppDial", call=PHONE)]
        out += [row("BRIDGE_ENTER", 9, PHONE, "Dial", **calling), *hung_up(30, channel=PHONE, **calling)]
        assert told(*out) == []

    def test_an_exchange_that_writes_no_applications_is_read_by_its_numbers(self) -> None:
        rows = [each for each in ANSWERED if not each.startswith(b'"APP')]
        rows.insert(2, queue("DTMF", 4, digit="9"))  # a key that leads nowhere
        found = events(*rows)
        assert [(event.line, event.type) for event in found] == [
            ("accueil", "offered"),
            ("accueil", "answered"),
            ("accueil", "ended"),
        ]


class TestTransfers:
    """A caller transferred into another queue makes a new attempt there."""

    def test_blind_into_another_queue(self) -> None:
        to = {"context": "internal", "exten": "4010"}
        moved = [phone("BLINDTRANSFER", 30, exten="4000"), *hung_up(30, channel=PHONE, context="internal")]
        moved += [queue("BRIDGE_EXIT", 30), queue("APP_END", 30.001), queue("APP_START", 30.1, "600,t", **to)]
        gone = [queue("APP_END", 50, "600,t", **to), *hung_up(50)]
        found = events(*BEGIN, queue("APP_START", 2), RING, *PICKED_UP, *moved, *gone)
        assert [(event.line, event.type, event.talk or event.wait) for event in found] == [
            ("accueil", "offered", None),
            ("accueil", "answered", 8.001),
            ("accueil", "ended", 20.0),
            ("etat-civil", "offered", None),
            ("etat-civil", "lost", 19.9),
        ]

    @pytest.mark.parametrize(("connected", "visits"), [(False, 2), (True, 1)])
    def test_blind_into_the_same_queue_in_a_log_without_starts(self, connected: bool, visits: int) -> None:  # noqa: FBT001 - a parameter of the test
        music = queue("STREAM_BEGIN", 2)
        moved = [phone("BLINDTRANSFER", 30, exten="4000"), queue("BRIDGE_EXIT", 30)]
        on_hold = queue("STREAM_BEGIN", 30.1)
        found = events(*BEGIN, music, RING, *PICKED_UP, *([] if connected else moved), on_hold, *hung_up(50))
        assert [event.type for event in found if event.type == "offered"] == ["offered"] * visits
        lost = [(event.type, event.wait) for event in found[3:]]
        assert lost == ([] if connected else [("offered", None), ("lost", 19.9)])

    def test_attended_into_another_queue(self) -> None:
        asking = {"channel": SECOND, "call": SECOND, "context": "internal", "exten": "4010"}
        asks = [row("CHAN_START", 30, **{**asking, "exten": "77"}), queue("APP_START", 30.1, "600,t", **asking)]
        ids = {"channel2_uniqueid": SECOND, "transferee_channel_uniqueid": CALLER}
        joined = [
            phone("ATTENDEDTRANSFER", 40, app2="", **ids)
            .replace(b"app2", b"app")
            .replace(b'""app"":""""', b'""app"":""Queue""')
        ]
        answered = [row("CHAN_START", 41, MOBILE), row("BRIDGE_ENTER", 45, MOBILE, "AppQueue")]
        answered += [queue("BRIDGE_ENTER", 45.001, "600,t", context="internal", exten="4010")]
        found = told(*BEGIN, queue("APP_START", 2), RING, *PICKED_UP, *asks, *joined, *answered)
        assert found[2:] == [
            ("etat-civil", SECOND, "offered", None),
            ("accueil", CALLER, "ended", None),
            ("etat-civil", SECOND, "answered", None),
        ]


def test_who_comes_back_into_a_queue_by_a_key_that_is_not_in_the_log_is_answered_there() -> None:
    again = {"exten": "3", "context": "keys"}
    rows = [
        *BEGIN,
        queue("APP_START", 2),
        row("CHAN_START", 2.1, MOBILE),
        row("CHAN_END", 5, MOBILE, "AppQueue"),
        phone("CHAN_START", 5.1, "", exten="s"),
        phone("BRIDGE_ENTER", 11),
        queue("BRIDGE_ENTER", 11.001, **again),
        queue("APP_END", 70, **again),
        *hung_up(70),
    ]
    assert outcomes(*rows) == [("accueil", "diverted", "key"), ("accueil", "answered", None)]
    answered = next(event for event in events(*rows) if event.type == "answered")
    assert (answered.call, answered.wait) == (f"{CALLER}#2", 5.9)


def test_a_queue_that_lets_a_caller_go_a_little_early_leaves_the_answer_to_the_next() -> None:
    rows = [
        *BEGIN,
        queue("APP_START", 2),
        phone("CHAN_START", 31.4, "", exten="s"),
        phone("BRIDGE_ENTER", 35),
        queue("BRIDGE_ENTER", 35.001, "600,t,,,20"),
        *hung_up(70),
    ]
    assert outcomes(*rows) == [("accueil", "diverted", "transfer"), ("etat-civil", "answered", None)]
