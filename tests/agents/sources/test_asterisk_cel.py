from __future__ import annotations

import json
from collections import Counter

import msgspec
import pytest

from agents.sources import asterisk_rows
from agents.sources.asterisk_cel import Cel
from agents.sources.asterisk_cel_calls import CelCalls
from agents.sources.asterisk_cel_rows import ORDER
from agents.sources.entry import Accepted, Refused
from agents.sources.pseudonym import Pseudonymizer
from streams.events import CallEvent

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"accueil": "accueil", "4000": "accueil", "600": "etat-civil", "4010": "etat-civil"}
T = 1795617500

CALLER, SECOND, PHONE, MOBILE = (f"{T}.{number}" for number in (1, 2, 3, 4))
CHANNEL = {CALLER: "PJSIP/trunk-0001", SECOND: "PJSIP/trunk-0002", PHONE: "PJSIP/101-0003", MOBILE: "PJSIP/trunk-0004"}
CALLED = {"4000": "0612345678", "4010": "0612345678"}


def row(
    event: str,
    at: float,
    channel: str = CALLER,
    app: str = "",
    data: str = "",
    *,
    exten: str = "4000",
    context: str = "from-trunk",
    call: str = CALLER,
    name: str = "",
    **extra: str,
) -> bytes:
    said = json.dumps(extra, separators=(",", ":")) if extra else ""
    number = "" if event == "CHAN_START" and channel != CALLER else "0612345678" if channel == CALLER else "101"
    shown = name or CHANNEL[channel]
    fields = [event, f"{T + at:.3f}", "", "", number, number, "", exten, exten, context, shown]
    fields += [app, data, "3", "", channel, call, "", "", "", said]
    return (",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n").encode()


def queue(event: str, at: float, data: str = "accueil,t,,,30", **more: str) -> bytes:
    return row(event, at, app="Queue", data=data, **more)


def phone(event: str, at: float, app: str = "AppQueue", **more: str) -> bytes:
    return row(event, at, PHONE, app, "(Outgoing Line)", context="internal", **more)


def hung_up(at: float, by: str = CHANNEL[CALLER], channel: str = CALLER, **more: str) -> list[bytes]:
    ends = [row(event, at, channel, hangupsource=by, **more) for event in ("HANGUP", "CHAN_END")]
    return [*ends, row("LINKEDID_END", at, channel, **more)] if channel == CALLER else ends


BEGIN = [row("CHAN_START", 0), row("ANSWER", 0, app="Answer")]
RING = phone("CHAN_START", 2.1, "", exten="s")
PICKED_UP = [
    phone("ANSWER", 10, exten="4000"),
    phone("BRIDGE_ENTER", 10.001, exten="4000"),
    queue("BRIDGE_ENTER", 10.002),
]
ANSWERED = [
    *BEGIN,
    queue("APP_START", 2),
    RING,
    *PICKED_UP,
    queue("BRIDGE_EXIT", 70),
    *hung_up(70, channel=PHONE, context="internal"),
    queue("APP_END", 70.001),
    *hung_up(70.002),
]


def cel(calls: CelCalls | None = None, aside: Counter[str] | None = None) -> Cel:
    counted = Counter() if aside is None else aside
    return Cel(LINES.get, LINES.get, "cel", "lozere", "Europe/Paris", PSEUDONYM, counted, calls)


def entries(*lines: bytes, by: Cel | None = None) -> list[Accepted | Refused]:
    by = by or cel()
    return [entry for row in asterisk_rows.table(lines, ORDER, "cel.csv") for entry in by.take(row)]


def events(*lines: bytes, by: Cel | None = None) -> list[CallEvent]:
    found = []
    for entry in entries(*lines, by=by):
        assert isinstance(entry, Accepted)
        found.append(msgspec.json.decode(entry.record, type=CallEvent))  # as the topic takes it
    return found


def told(*lines: bytes) -> list[tuple[str, str, str, str | None]]:
    return [(event.line, event.call, event.type, event.reason) for event in events(*lines)]


def outcomes(*lines: bytes) -> list[tuple[str, str, str | None]]:
    return [(line, kind, reason) for line, _, kind, reason in told(*lines) if kind not in {"offered", "ended"}]


def test_an_answered_call() -> None:
    offered, answered, ended = events(*ANSWERED)
    assert offered == CallEvent(
        line="accueil",
        call=CALLER,
        type="offered",
        at=T + 2.0,
        id=f"cel:accueil:{CALLER}:offered:{T + 2.0}",
        source="cel",
        site="lozere",
        caller=PSEUDONYM.of("0612345678"),
    )
    assert (answered.type, answered.at, answered.wait, answered.agent) == ("answered", T + 10.001, 8.001, "PJSIP/101")
    assert (ended.type, ended.at, ended.talk) == ("ended", T + 70.001, 60.0)


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


KEY = [
    *BEGIN,
    queue("APP_START", 2),
    queue("STREAM_BEGIN", 2.001),
    queue("DTMF", 6, digit="2"),
    queue("STREAM_END", 6.001, exten="2", context="touche"),  # where the caller goes, and the queue that is left
]


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
            ("accueil", "lost", 30.0),
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
    assert outcomes(*rows) == [("accueil", "lost", "timeout"), ("etat-civil", "answered", None)]


def test_a_phone_that_the_dialplan_rings_after_the_queue_answers_for_its_line() -> None:
    dial = row("APP_START", 32.2, app="Dial", data="PJSIP/101")
    bridged = [phone("BRIDGE_ENTER", 36, "AppDial"), row("BRIDGE_ENTER", 36.001, app="Dial")]
    rows = [*BEGIN, queue("APP_START", 2), queue("APP_END", 32.1), dial, phone("CHAN_START", 33, ""), *bridged]
    assert outcomes(*rows, *hung_up(60)) == [("accueil", "answered", None)]


class TestTheNumberDialled:
    """Who enters no queue is placed by the number dialled."""

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


class TestWhoIsHuman:
    """A phone that is connected to the caller, and nothing else."""

    @pytest.mark.parametrize("app", ["ConfBridge", "Echo", "VoiceMail", "Park"])
    def test_a_machine_is_none(self, app: str) -> None:
        bridged = [row("CHAN_START", 3, PHONE), row("BRIDGE_ENTER", 4, PHONE, app)]
        assert outcomes(*BEGIN, queue("APP_START", 2), *bridged, queue("APP_END", 9), *hung_up(9)) == [
            ("accueil", "lost", "abandoned")
        ]

    def local(self, half: int, event: str, at: float, app: str = "") -> bytes:
        name = f"Local/101@agents-0001;{half}"
        CHANNEL.setdefault(name, name)
        return row(event, at, app=app, context="agents", channel=f"{T}.5{half}", name=name)

    def test_an_agent_behind_a_local_channel(self) -> None:
        legs = [self.local(1, "CHAN_START", 3), self.local(2, "CHAN_START", 3), self.local(2, "APP_START", 3, "Dial")]
        legs += [phone("CHAN_START", 3.1, ""), phone("BRIDGE_ENTER", 9, "AppDial")]
        legs += [self.local(2, "BRIDGE_ENTER", 9, "Dial"), self.local(1, "BRIDGE_ENTER", 9.1, "AppQueue")]
        found = events(*BEGIN, queue("APP_START", 2), *legs, queue("BRIDGE_ENTER", 9.101))
        assert [(event.type, event.wait) for event in found] == [("offered", None), ("answered", 7.1)]

    def test_the_voicemail_of_an_agent_is_none(self) -> None:
        legs = [self.local(1, "CHAN_START", 3), self.local(2, "CHAN_START", 3)]
        legs += [self.local(2, "APP_START", 3, "VoiceMail"), self.local(1, "BRIDGE_ENTER", 9.1, "AppQueue")]
        rows = [*BEGIN, queue("APP_START", 2), *legs, queue("BRIDGE_ENTER", 9.101), queue("APP_END", 20), *hung_up(20)]
        assert outcomes(*rows) == [("accueil", "lost", "abandoned")]

    def test_a_caller_behind_a_local_channel_is_no_human(self) -> None:
        legs = [row("APP_START", 1, app="Dial"), self.local(1, "CHAN_START", 1), self.local(2, "CHAN_START", 1)]
        legs += [self.local(2, "APP_START", 2, "Queue"), self.local(1, "BRIDGE_ENTER", 2.1, "AppDial")]
        legs += [row("BRIDGE_ENTER", 2.1, app="Dial")]
        assert [kind for _, _, kind, _ in told(row("CHAN_START", 0, exten="77"), *legs)] == ["offered"]

    def test_a_phone_that_picks_the_call_up(self) -> None:
        own = {"call": MOBILE, "context": "internal", "exten": "*8"}
        taken = {"pickup_channel": "PJSIP/202-0009", "pickup_channel_uniqueid": MOBILE}
        picked = [row("CHAN_START", 8, MOBILE, **own), phone("PICKUP", 9, **taken)]
        picked += [row("BRIDGE_ENTER", 9, MOBILE, "AppQueue", **own), row("LINKEDID_END", 9, MOBILE, **own)]
        found = events(*BEGIN, queue("APP_START", 2), RING, *picked, queue("BRIDGE_ENTER", 9.001))
        assert [(event.type, event.agent) for event in found] == [("offered", None), ("answered", "PJSIP/202")]

    def test_an_agent_who_asks_in_another_queue_is_none_there(self) -> None:
        name = "Local/4010@internal-0001"
        halves = [row("CHAN_START", 30, f"{T}.3{half}", exten="4010", name=f"{name};{half}") for half in (1, 2)]
        waits = row("APP_START", 30.1, f"{T}.32", "Queue", "600,t", name=f"{name};2")
        asks = [row("BRIDGE_ENTER", 30.1, f"{T}.31", name=f"{name};1"), phone("BRIDGE_ENTER", 30.2, exten="4000")]
        gone = hung_up(45, channel=f"{T}.32", name=f"{name};2")
        found = outcomes(*BEGIN, queue("APP_START", 2), RING, *PICKED_UP, *halves, waits, *asks, *gone)
        assert found == [("accueil", "answered", None), ("etat-civil", "lost", "abandoned")]

    def test_a_caller_who_hangs_up_as_the_phone_is_lifted_is_answered_as_in_every_log(self) -> None:
        lifted = [phone("BRIDGE_ENTER", 10), queue("APP_END", 10.001), *hung_up(10.002)]
        assert outcomes(*BEGIN, queue("APP_START", 2), RING, *lifted) == [("accueil", "answered", None)]


class TestTransfers:
    """Who is brought into another queue is a new attempt there."""

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


def test_a_crash_of_the_exchange_ends_what_was_open_without_an_outcome() -> None:
    aside: Counter[str] = Counter()
    again = f"{T + 60}.0"
    CHANNEL[again] = "PJSIP/trunk-0000"
    restarted = row("CHAN_START", 60, again, call=again, exten="77")
    found = events(*BEGIN, queue("APP_START", 2), restarted, by=cel(aside=aside))
    assert [(event.type, event.at) for event in found] == [("offered", T + 2.0), ("ended", T + 2.0)]
    assert aside == {"no-event": 2, "restarts of the exchange": 1, "callers cut by a restart": 1}


def test_a_log_that_is_read_in_pieces_gives_the_same() -> None:
    whole = events(*ANSWERED, *KEY[2:4])
    calls, found = CelCalls(), []
    for line in [*ANSWERED, *KEY[2:4]]:
        found += events(line, by=cel(calls))
        calls = msgspec.json.decode(msgspec.json.encode(calls), type=CelCalls)
    assert found == whole


def test_calls_that_are_over_are_forgotten() -> None:
    by = cel()
    events(*ANSWERED, by=by)
    assert not by.calls.calls
    assert not by.calls.homes


def test_the_second_half_of_a_log_names_its_calls_as_the_first() -> None:
    first, second = told(*ANSWERED[:4]), told(*ANSWERED[4:])
    assert [(call, kind) for _, call, kind, _ in first + second] == [
        (CALLER, "offered"),
        (CALLER, "answered"),
        (CALLER, "ended"),
    ]


def test_rows_of_one_moment_may_be_swapped() -> None:
    rows = [ANSWERED[1], ANSWERED[0], *ANSWERED[2:5], ANSWERED[6], ANSWERED[5], *ANSWERED[7:]]
    assert [event.id for event in events(*rows)] == [event.id for event in events(*ANSWERED)]
    assert told(*ANSWERED[:-2], ANSWERED[-1], ANSWERED[-2]) == told(*ANSWERED)


def test_an_event_that_the_dialplan_made_up_is_counted_aside() -> None:
    aside: Counter[str] = Counter()
    assert events(row("ANSWER", 3).replace(b'"ANSWER"', b'"RECORDING_STARTED"'), by=cel(aside=aside)) == []
    assert aside == {"rows of other events": 1}


def test_an_exchange_before_asterisk_12_tells_of_a_bridge_on_the_callers_channel_alone() -> None:
    rows = [*BEGIN, queue("APP_START", 2), RING, queue("BRIDGE_START", 10), queue("APP_END", 70), *hung_up(70)]
    assert [(event.type, event.wait, event.talk) for event in events(*rows)] == [
        ("offered", None, None),
        ("answered", 8.0, None),
        ("ended", None, 60.0),
    ]


def test_rows_far_out_of_order_are_told() -> None:
    aside: Counter[str] = Counter()
    events(*ANSWERED, row("CHAN_START", -300, SECOND, call=SECOND, exten="77"), by=cel(aside=aside))
    assert aside["rows out of order"] == 1


def test_what_cannot_be_used_is_refused_without_a_number() -> None:
    torn, unknown = ANSWERED[3][:40] + b"\n", queue("APP_START", 2, "9,t")
    clock = row("ANSWER", 3).replace(f"{T + 3}.000".encode(), b"yesterday")
    word = row("ANSWER", 3).replace(b'"ANSWER"', b'"9"')
    refused = [entry for entry in entries(*BEGIN, torn, unknown, clock, word) if isinstance(entry, Refused)]
    assert [(entry.row, entry.why.reason) for entry in refused] == [
        (3, "malformed"),
        (4, "unknown-line"),
        (5, "malformed"),
        (6, "malformed"),
    ]
    for entry in refused:
        assert b"0612345678" not in entry.original
        assert "0612345678" not in str(entry.why)


def test_a_queue_of_no_line_is_refused_once_a_visit_and_answers_nobody() -> None:
    found = entries(row("CHAN_START", 0), queue("APP_START", 2, "9,t"), RING, *PICKED_UP[:2], *hung_up(20))
    assert [type(entry) for entry in found] == [Refused]


def test_local_times_are_read_in_their_zone() -> None:
    rows = [line.replace(f"{T}.000".encode(), b"2026-11-25 15:38:20") for line in BEGIN]
    assert [event.at for event in events(*rows, *hung_up(3))] == [T, T + 3]


FIRST_HALF, OTHER_HALF = f"{T}.7", f"{T}.8"


def half(event: str, at: float, channel: str, app: str = "", data: str = "", **more: str) -> bytes:
    """Return a row of a half of a Local channel that the caller's dialplan has called."""
    name = f"Local/s@waiting-0001;{1 if channel == FIRST_HALF else 2}"
    return row(event, at, channel, app, data, name=name, exten="s", context="waiting", **more)


def dialled(event: str, at: float) -> bytes:
    return row(event, at, app="Dial", data="Local/s@waiting/n")


BY_LOCAL = [
    *BEGIN,
    dialled("APP_START", 1),
    half("CHAN_START", 1.01, FIRST_HALF),
    half("CHAN_START", 1.02, OTHER_HALF),
]


def test_a_caller_whom_a_local_channel_brings_into_the_queue_is_one_attempt() -> None:
    rows = [
        *BY_LOCAL,
        half("APP_START", 2, OTHER_HALF, "Queue", "accueil,t,,,30"),
        RING,
        half("ANSWER", 10, FIRST_HALF, "AppDial"),
        half("BRIDGE_ENTER", 10, FIRST_HALF, "AppDial"),
        phone("BRIDGE_ENTER", 10.001),
        half("BRIDGE_ENTER", 10.002, OTHER_HALF, "Queue", "accueil,t,,,30"),
        dialled("BRIDGE_ENTER", 10.003),
        half("HANGUP", 70, OTHER_HALF),
        half("CHAN_END", 70, OTHER_HALF),
        *hung_up(70.1),
    ]
    assert told(*rows) == [("accueil", OTHER_HALF, kind, None) for kind in ("offered", "answered", "ended")]


@pytest.mark.parametrize("first", ["caller", "phone"])
def test_a_phone_behind_a_local_channel_answers_whoever_dialled_the_number(first: str) -> None:
    bridged = [dialled("BRIDGE_ENTER", 10), phone("BRIDGE_ENTER", 10.001, "AppDial")]
    rows = [
        *BY_LOCAL,
        half("APP_START", 1.1, OTHER_HALF, "Dial", "PJSIP/101"),
        phone("CHAN_START", 1.2, "", exten="s"),
        *(bridged if first == "caller" else bridged[::-1]),
        *hung_up(70),
    ]
    assert outcomes(*rows) == [("accueil", "answered", None)]


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
    assert outcomes(*rows) == [("accueil", "lost", "timeout"), ("etat-civil", "answered", None)]


def test_a_log_without_the_start_of_queues_says_what_it_lacks() -> None:
    aside = Counter[str]()
    found = events(*BEGIN, RING, *PICKED_UP, *hung_up(70), by=cel(aside=aside))
    assert [event.type for event in found] == ["offered", "answered", "ended"]
    assert aside == {"no-event": 7, "queues whose start is in no row: `apps` in cel.conf must name queue": 1}
    events(*ANSWERED, by=cel(aside=(whole := Counter[str]())))
    assert set(whole) == {"no-event"}


@pytest.mark.parametrize(("after", "kind"), [(0.5, "answered"), (3, "lost")])
def test_who_hangs_up_while_a_phone_behind_a_local_channel_hears_an_announcement_was_not_answered(
    after: float, kind: str
) -> None:
    rows = [
        *BEGIN,
        queue("APP_START", 2),
        half("CHAN_START", 2.1, FIRST_HALF),
        half("CHAN_START", 2.1, OTHER_HALF),
        half("APP_START", 2.2, OTHER_HALF, "Dial", "PJSIP/101"),
        phone("CHAN_START", 2.3, "", exten="s"),
        phone("BRIDGE_ENTER", 10, "AppDial"),
        half("BRIDGE_ENTER", 10.001, OTHER_HALF, "Dial", "PJSIP/101"),
        queue("APP_END", 10 + after),
        *hung_up(10 + after),
    ]
    assert [outcome for _, outcome, _ in outcomes(*rows)] == [kind]


def test_no_number_of_a_telephone_is_kept_of_open_calls() -> None:
    mobile = {"name": "Local/0698765432@from-internal-00000001;1", "exten": "0698765432"}
    lines = [
        row("CHAN_START", 0, name="PJSIP/0612345678-00000001"),
        queue("APP_START", 2, name="PJSIP/0612345678-00000001"),
        row("CHAN_START", 3, MOBILE, **mobile),
        row("BRIDGE_ENTER", 9, MOBILE, "AppQueue", "(Outgoing Line)", **mobile),
    ]
    calls = CelCalls()
    cel = Cel(LINES.get, LINES.get, "cel", "lozere", "Europe/Paris", PSEUDONYM, Counter(), calls)
    assert [entry for read in asterisk_rows.table(lines, ORDER, "cel.csv") for entry in cel.take(read)]
    stored = msgspec.json.encode(calls)
    assert b"00000001;1" in stored, "a channel is still told from another"
    assert b"612345678" not in stored
    assert b"698765432" not in stored
