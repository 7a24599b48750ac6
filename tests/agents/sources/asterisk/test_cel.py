"""Which channels in a call are human, and the events from a truncated, damaged or unordered log."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from agents.sources.asterisk.cel_calls import CelCalls
from agents.sources.entry import Accepted, Refused
from streams.events import CallEvent
from tests.agents.sources.asterisk.cel_log import (
    ANSWERED,
    BEGIN,
    CALLER,
    CHANNEL,
    KEY,
    MOBILE,
    PHONE,
    PICKED_UP,
    PSEUDONYM,
    RING,
    SECOND,
    T,
    cel,
    entries,
    events,
    hung_up,
    outcomes,
    phone,
    queue,
    row,
    told,
)


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


def test_a_caller_who_overflows_into_another_queue_of_the_line_is_one_attempt() -> None:
    first, next_ = [*BEGIN, queue("APP_START", 2), queue("APP_END", 32)], queue("APP_START", 33, "4000,t,,,30")
    offered, lost = events(*first, next_, queue("APP_END", 53, "4000,t,,,30"), *hung_up(53))
    assert (offered.type, offered.at, lost.type, lost.call, lost.wait) == ("offered", T + 2, "lost", CALLER, 51)
    ringing = [phone("CHAN_START", 34, ""), phone("BRIDGE_ENTER", 40, "AppQueue")]
    answered = events(*first, next_, *ringing, queue("BRIDGE_ENTER", 40.001, "4000,t,,,30"))
    assert [(event.type, event.wait) for event in answered] == [("offered", None), ("answered", 38.0)]
    later = events(*first, queue("APP_START", 40, "4000,t,,,30"))
    assert [event.type for event in later] == ["offered", "lost", "offered"]


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
    """Return a row for a half of a Local channel that the caller's dialplan called."""
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


def test_a_log_without_the_start_of_queues_says_what_it_lacks() -> None:
    aside = Counter[str]()
    found = events(*BEGIN, RING, *PICKED_UP, *hung_up(70), by=cel(aside=aside))
    assert [event.type for event in found] == ["offered", "answered", "ended"]
    assert aside == {"no-event": 7, "queues whose start is in no row: `apps` in cel.conf must name queue": 1}
    events(*BEGIN, queue("STREAM_BEGIN", 2), *hung_up(70), by=cel(aside=(music := Counter[str]())))
    assert music["queues whose start is in no row: `apps` in cel.conf must name queue"] == 1
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
    assert entries(*lines, by=cel(calls))
    stored = msgspec.json.encode(calls)
    assert b"00000001;1" in stored, "a channel is still told from another"
    assert b"612345678" not in stored
    assert b"698765432" not in stored


WAITED = [
    row("CHAN_START", 10, SECOND, call=SECOND),
    *(queue(event, at, channel=SECOND, call=SECOND) for event, at in (("APP_START", 12), ("APP_END", 20))),
    *hung_up(20, channel=SECOND, call=SECOND),
]


def test_a_caller_who_hangs_up_without_a_queue_left_before_it_if_the_log_has_the_starts_of_queues() -> None:
    early = [*BEGIN, *hung_up(3)]

    def losses(*rows: bytes) -> list[bool]:
        return [
            bool(each.event.before_queue)
            for each in entries(*rows)
            if isinstance(each, Accepted) and isinstance(each.event, CallEvent) and each.event.type == "lost"
        ]

    assert losses(*WAITED, *early) == [False, True]
    assert losses(*early) == [False]  # nothing shows that this log would have the queue


def test_a_call_that_the_dialplan_ends_did_not_leave_before_the_queue() -> None:
    found = entries(*WAITED, *BEGIN, *hung_up(3, "dialplan/builtin"))
    assert not any(b"before_queue" in each.record for each in found if isinstance(each, Accepted))
