"""An office's calls in the formats of other exchanges: FreeSWITCH, Cisco, and any that exports a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from benchmarks.connectors.office import OfficeCall

Written = Iterator[tuple[float, str]]

CUCM_HEADER: Final = (
    "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,origLegCallIdentifier,dateTimeOrigination,origNodeId,"
    "callingPartyNumber,origCause_value,destLegIdentifier,destNodeId,originalCalledPartyNumber,finalCalledPartyNumber,"
    "destCause_value,dateTimeConnect,dateTimeDisconnect,lastRedirectDn,pkid,duration,origDeviceName,destDeviceName,"
    "globalCallId_ClusterID,huntPilotDN,wasCallQueued,totalWaitTimeInQueue\n"
)
TABLE_HEADER: Final = "call;day;entered;group;from;waited;talked;result;agent\n"
TABLE_RESULTS: Final = {"answered": "OK", "abandoned": "GIVEUP", "timeout": "TIMEOUT", "key": "MAILBOX"}
VOICEMAIL: Final = "699"
_CORE: Final = "5f7f2f0a-1c1e-4f0e-9a64-6f0e5a1d2c01"
_ZONE: Final = ZoneInfo("Europe/Paris")


def callcenter(call: OfficeCall) -> Written:
    """Yield the frames of a call in mod_callcenter from FreeSWITCH's event socket."""
    session, member = _uuid(call, "c0de"), _uuid(call, "7b1d")

    def frame(at: float, action: str, *more: str) -> tuple[float, str]:
        lines = [
            *("Event-Subclass: callcenter%3A%3Ainfo", "Event-Name: CUSTOM", f"Core-UUID: {_CORE}"),
            *("FreeSWITCH-Hostname: vm", "FreeSWITCH-Switchname: vm", "FreeSWITCH-IPv4: 127.0.0.1"),
            f"Event-Date-Local: {_stamp(at).replace(':', '%3A').replace(' ', '%20')}",
            *(f"Event-Date-Timestamp: {round(at * 1e6)}", "Event-Calling-File: mod_callcenter.c"),
            *("Event-Calling-Function: callcenter_function", "Event-Calling-Line-Number: 3113"),
            *(f"CC-Queue: {call.line}%40default", f"CC-Action: {action}", *more),
            *(f"CC-Member-UUID: {member}", f"CC-Member-Session-UUID: {session}"),
            *(f"CC-Member-CID-Name: {call.caller}", f"CC-Member-CID-Number: {call.caller}"),
        ]
        body = "\n".join(lines) + "\n\n"
        return at, f"Content-Length: {len(body)}\nContent-Type: text/event-plain\n\n{body}"

    joined, left = f"CC-Member-Joined-Time: {int(call.start)}", f"CC-Member-Leaving-Time: {int(call.left)}"
    yield frame(call.start, "member-queue-start")
    for ring in call.rings:
        yield frame(ring.since, "agent-offering", f"CC-Agent: {ring.agent}%40default")
    if call.outcome == "answered":
        agent = f"CC-Agent: {call.agent}%40default"
        times = f"CC-Agent-Answered-Time: {int(call.left)}", joined
        yield frame(call.left, "bridge-agent-start", agent, *times)
        yield frame(call.end, "bridge-agent-end", agent, *times)
        yield frame(call.end + 0.01, "member-queue-end", "CC-Cause: Terminated", *times)
        return
    why = {"abandoned": "BREAK_OUT", "timeout": "TIMEOUT", "key": "EXIT_WITH_KEY"}[call.outcome]
    yield frame(call.left, "member-queue-end", "CC-Cause: Cancel", f"CC-Cancel-Reason: {why}", joined, left)


def freeswitch_cdr(call: OfficeCall) -> Written:
    """Yield a call's rows of mod_cdr_csv, by its default template."""
    caller, human = _uuid(call, "a11c"), call.outcome == "answered"
    second = _uuid(call, "b11c") if human or call.outcome == "key" else ""

    def row(to: str, start: float, answered: float | None, end: float, uuid: str, other: str) -> tuple[float, str]:
        begin = "" if answered is None else _stamp(answered)
        lengths = int(end) - int(start), 0 if answered is None else int(end) - int(answered)
        cause = "NORMAL_CLEARING" if answered is not None else "ORIGINATOR_CANCEL"
        context = "public" if to == call.line else "default"
        texts = (call.caller, call.caller, to, context, _stamp(start), begin, _stamp(end), *lengths, cause, uuid, other)
        return end, ",".join(f'"{each}"' for each in (*texts, "", "PCMA", "PCMA"))

    if second:
        to = call.agent if human else "voicemail"
        yield row(to, call.left if not human else call.rings[-1].since, call.left, call.end, second, "")
    yield row(call.line, call.start, call.start if second else None, call.end + 0.01, caller, second)


def cucm_cdr(call: OfficeCall) -> Written:
    """Yield a call's rows of a Cisco Unified Communications Manager: one, or two if it was transferred."""
    name = call.numbers[0]

    def row(start: float, leg: int, to: str, cause: int, connect: float, end: float, device: str) -> tuple[float, str]:
        fields = (
            *(1, 1, name, leg, int(start), 1, f'"{call.caller}"', 16, leg + 1, 1, f'"{call.line}"', f'"{to}"', cause),
            *(int(connect), int(end), '""', f'"cdc{name:08}-{leg}"', int(end) - int(connect or end), '"GW-SIP"'),
            *(f'"{device}"', '"SaintExemple"', f'"{call.line}"', 1, int(call.left) - int(call.start)),
        )
        return end, ",".join(map(str, fields))

    leg = 4 * name
    if call.outcome == "answered":
        end = call.transferred or call.end
        yield row(call.start, leg, call.agent, 16, call.left, end, f"SEP0011223344{call.agent}")
        if call.transferred:
            yield row(end, leg, "190", 16, end + 1, max(call.end, end + 1), "SEP0011223344190")
    elif call.outcome == "key":
        yield row(call.start, leg, VOICEMAIL, 16, call.left, call.left + 9, "CiscoUM1-VI2")
    else:
        yield row(call.start, leg, call.line, 16 if call.outcome == "abandoned" else 19, 0, call.left, "")


def table(call: OfficeCall) -> Written:
    """Yield a call as the one row of a table; examples/office.yaml has a mapping of it."""
    day, _, clock = _stamp(call.start).partition(" ")
    human = call.outcome == "answered"
    talked, agent = (round(call.end - call.left, 1), f"Agent {call.agent}") if human else (0, "")
    fields = call.numbers[0], day, clock, call.line, call.caller or "withheld", round(call.left - call.start, 1)
    yield call.end, ";".join(map(str, (*fields, talked, TABLE_RESULTS[call.outcome], agent)))


def _uuid(call: OfficeCall, kind: str) -> str:
    return f"{kind}{call.numbers[0]:08x}"[:8] + f"-83a8-11e1-a94b-{call.numbers[0]:012x}"


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), _ZONE).strftime("%Y-%m-%d %H:%M:%S")
