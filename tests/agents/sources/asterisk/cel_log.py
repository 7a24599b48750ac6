"""Rows of Asterisk's channel event log, and the events made from them."""

from __future__ import annotations

import json
from collections import Counter

import msgspec

from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.cel import Cel
from agents.sources.asterisk.cel_calls import CelCalls
from agents.sources.asterisk.cel_rows import ORDER
from agents.sources.entry import Accepted, Refused
from agents.sources.pseudonym import Pseudonymizer
from streams.events import CallEvent
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"accueil": "accueil", "4000": "accueil", "600": "etat-civil", "4010": "etat-civil"}
T = 1795617500

CALLER, SECOND, PHONE, MOBILE = (f"{T}.{number}" for number in (1, 2, 3, 4))
CHANNEL = {CALLER: "PJSIP/trunk-0001", SECOND: "PJSIP/trunk-0002", PHONE: "PJSIP/101-0003", MOBILE: "PJSIP/trunk-0004"}


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


def queue(event: str, at: float, data: str = "accueil,t,,,30", channel: str = CALLER, **more: str) -> bytes:
    return row(event, at, channel, "Queue", data, **more)


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
    return Cel(context(source="cel", line_of=LINES.get, pseudonym=PSEUDONYM, aside=counted), calls)


def entries(*lines: bytes, by: Cel | None = None) -> list[Accepted | Refused]:
    by = by or cel()
    return [entry for row in asterisk_rows.table(lines, ORDER, "cel.csv") for entry in by.take(row)]


def events(*lines: bytes, by: Cel | None = None) -> list[CallEvent]:
    found = []
    for entry in entries(*lines, by=by):
        assert isinstance(entry, Accepted)
        found.append(msgspec.json.decode(entry.record, type=CallEvent))  # as valid events of the topic
    return found


def told(*lines: bytes) -> list[tuple[str, str, str, str | None]]:
    return [(event.line, event.call, event.type, event.reason) for event in events(*lines)]


def outcomes(*lines: bytes) -> list[tuple[str, str, str | None]]:
    return [(line, kind, reason) for line, _, kind, reason in told(*lines) if kind not in {"offered", "ended"}]


KEY = [
    *BEGIN,
    queue("APP_START", 2),
    queue("STREAM_BEGIN", 2.001),
    queue("DTMF", 6, digit="2"),
    queue("STREAM_END", 6.001, exten="2", context="touche"),  # the caller's destination, and the queue that was left
]
