"""An office's calls in the formats of Asterisk: queue_log, channel event log, call detail records.

The exchange answers the first line before its queue; only agents answer the others. A key leads to voicemail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, TypeAlias

from benchmarks.connectors.office import LIMIT, OfficeCall

Written: TypeAlias = Iterator[tuple[float, str]]  # when each row of a call is written (epoch s), and the row
COLLEAGUE: Final = "190"


def queue_log(call: OfficeCall) -> Written:
    """Yield a call's rows of a queue_log."""
    callid, waited = _uniqueid(call, 0), int(call.left) - int(call.start)

    def row(at: float, agent: str, *words: object) -> tuple[float, str]:
        return at, "|".join(map(str, (int(at), callid, call.line, agent, *words)))

    missed = call.rings[:-1] if call.outcome == "answered" else call.rings
    yield row(call.start, "NONE", "ENTERQUEUE", "", call.caller, 1)
    for ring in missed:
        yield row(ring.until, _agent(ring.agent), "RINGNOANSWER", round(1000 * (ring.until - ring.since)))
    if call.outcome == "abandoned":
        yield row(call.left, "NONE", "ABANDON", 1, 1, waited)
    elif call.outcome == "timeout":
        yield row(call.left, "NONE", "EXITWITHTIMEOUT", 1, 1, waited)
    elif call.outcome == "key":
        yield row(call.left, "NONE", "EXITWITHKEY", 2, 1, 1, waited)
    else:
        rung, agent = int(call.left - call.rings[-1].since), _agent(call.agent)
        yield row(call.left, agent, "CONNECT", waited, _uniqueid(call, len(call.rings)), rung)
        if call.transferred:
            talked = int(call.transferred) - int(call.left)
            yield row(call.transferred, agent, "BLINDTRANSFER", COLLEAGUE, "internal", waited, talked, 1)
        else:
            by = "COMPLETECALLER" if call.numbers[0] % 2 else "COMPLETEAGENT"
            yield row(call.end, agent, by, waited, int(call.end) - int(call.left), 1)


def cel(call: OfficeCall) -> Written:
    """Yield a call's rows of a channel event log, in the order of cel_custom's sample."""
    yield from _Events(call).written()


_App: TypeAlias = tuple[str, str]
_NONE: Final = ("", "")
_FOR_PHONES: Final = ("AppQueue", "(Outgoing Line)")


class _Events:
    """A writer of the events of one call; a channel is its place in `OfficeCall.numbers`, the caller's is 0."""

    def __init__(self, call: OfficeCall) -> None:
        self._call = call
        self._linked = _uniqueid(call, 0)
        self._trunk = _channel("trunk", call, 0)
        self._queue = "Queue", _arguments(call)
        self._last = len(call.rings)
        self._place = "0465710000", "from-trunk"  # where in the dialplan the caller is

    def written(self) -> Written:
        call = self._call
        yield self._row(call.start, "CHAN_START", 0)
        if answers_first(call):
            yield self._row(call.start, "ANSWER", 0, ("Answer", ""))
        yield self._row(call.start, "APP_START", 0, self._queue)
        yield self._row(call.start, "STREAM_BEGIN", 0, self._queue, '{""class"":""default""}')
        for of, ring in enumerate(call.rings, 1):
            yield self._row(ring.since, "CHAN_START", of)
            if call.outcome != "answered" or of < self._last:
                yield from self._over(ring.until, of)
        if call.outcome == "answered":
            yield from self._answered()
        elif call.outcome == "key":
            yield from self._keyed()
        else:
            yield self._row(call.left, "APP_END", 0, self._queue)
            yield from self._over(call.left + 0.001, 0, "" if call.outcome == "abandoned" else "dialplan/builtin")

    def _answered(self) -> Written:
        call, end = self._call, self._call.transferred or self._call.end
        yield self._row(call.left - 0.003, "STREAM_END", 0, self._queue)
        yield from self._met(call.left, self._last, _FOR_PHONES, self._queue)
        if call.transferred:
            extra = f'{{""extension"":""{COLLEAGUE}"",""context"":""internal"",""bridge_id"":""b-{self._linked}""}}'
            yield self._row(end, "BLINDTRANSFER", self._last, _FOR_PHONES, extra)
        yield self._bridge(end, "BRIDGE_EXIT", self._last, _FOR_PHONES)
        yield self._bridge(end, "BRIDGE_EXIT", 0, self._queue)
        yield from self._over(end, self._last)
        yield self._row(end + 0.001, "APP_END", 0, self._queue)
        if call.transferred:
            yield from self._transferred(end)
        yield from self._over(call.end + 0.002, 0)

    def _transferred(self, at: float) -> Written:
        end, colleague, dial = self._call.end, self._last + 1, ("Dial", f"PJSIP/{COLLEAGUE},20")
        self._place = COLLEAGUE, "internal"
        yield self._row(at + 0.002, "APP_START", 0, dial)
        yield self._row(at + 0.003, "CHAN_START", colleague)
        yield from self._met(min(at + 1, end), colleague, ("AppDial", "(Outgoing Line)"), dial)
        yield self._bridge(end, "BRIDGE_EXIT", 0, dial)
        yield self._bridge(end, "BRIDGE_EXIT", colleague, ("AppDial", "(Outgoing Line)"))
        yield from self._over(end, colleague)

    def _keyed(self) -> Written:
        left, voicemail = self._call.left, ("VoiceMail", "100@default,u")
        yield self._row(left - 0.05, "DTMF", 0, self._queue, '{""digit"":""2"",""duration_ms"":100}')
        self._place = "2", f"{self._call.line}-key"
        yield self._row(left, "APP_END", 0, self._queue)
        yield self._row(left + 0.01, "APP_START", 0, voicemail)
        yield self._row(left + 9, "APP_END", 0, voicemail)
        yield from self._over(left + 9.001, 0)

    def _met(self, at: float, of: int, phone: _App, caller: _App) -> Written:
        yield self._row(at - 0.002, "ANSWER", of, phone)
        yield self._bridge(at - 0.001, "BRIDGE_ENTER", of, phone)
        yield self._bridge(at, "BRIDGE_ENTER", 0, caller)

    def _bridge(self, at: float, event: str, of: int, app: _App) -> tuple[float, str]:
        extra = f'{{""bridge_id"":""b-{self._linked}"",""bridge_technology"":""simple_bridge""}}'
        return self._row(at, event, of, app, extra)

    def _over(self, at: float, of: int, by: str = "") -> Written:
        extra = f'{{""hangupcause"":16,""hangupsource"":""{by or self._trunk}"",""dialstatus"":""""}}'
        for event in ("HANGUP", "CHAN_END", *([] if of else ["LINKEDID_END"])):
            yield self._row(at, event, of, extra=extra if event == "HANGUP" else "")

    def _row(self, at: float, event: str, of: int, app: _App = _NONE, extra: str = "") -> tuple[float, str]:
        call = self._call
        caller, channel = (
            (call.caller, self._trunk) if of == 0 else (_phone(call, of), _channel(_phone(call, of), call, of))
        )
        exten, context = ("s", "internal") if of and event == "CHAN_START" else self._place
        fields = (event, f"{at:.6f}", "", "", caller, caller, "", exten, exten, context, channel, *app, "3", "")
        return at, ",".join(f'"{each}"' for each in (*fields, _uniqueid(call, of), self._linked, "", "", "", extra))


def cdr(call: OfficeCall) -> Written:
    """Yield a call's rows of a Master.csv with a linkedid; its times are UTC, as on a machine without a zone."""
    uniqueid, first, missed = _uniqueid(call, 0), answers_first(call), call.rings[:-1]

    def row(
        start: float, end: float, peer: str, answered: float, app: str, data: str, exten: str = "", context: str = ""
    ) -> tuple[float, str]:
        exten, context = exten or "0465710000", context or "from-trunk"
        begin = "" if answered < 0 else _stamp(answered)
        billed = 0 if answered < 0 else int(end) - int(answered)
        names = "", call.caller, exten, context, f'""""" <{call.caller}>"', _channel("trunk", call, 0), peer, app, data
        said = "NO ANSWER" if answered < 0 else "ANSWERED"
        figures = int(end) - int(start), billed, said, "DOCUMENTATION", uniqueid, "", uniqueid
        texts = (*names, _stamp(start), begin, _stamp(end), *figures)
        return end, ",".join(
            str(each) if each.__class__ is int or str(each)[:1] == '"' else f'"{each}"' for each in texts
        )

    since = call.start
    unanswered = call.start if first else -1.0
    arguments = _arguments(call)
    for of, ring in enumerate(missed if call.outcome == "answered" else call.rings, 1):
        yield row(since, ring.until, _channel(ring.agent, call, of), -1.0, "Queue", arguments)
        since = ring.until
    if call.outcome == "answered":
        peer, end = _channel(call.agent, call, len(call.rings)), call.transferred or call.end
        yield row(since, end, peer, unanswered if first else call.left, "Queue", arguments)
        if call.transferred:
            peer = _channel(COLLEAGUE, call, len(call.rings) + 1)
            yield row(end, call.end, peer, end, "Dial", f"PJSIP/{COLLEAGUE},20", COLLEAGUE, "internal")
        return
    yield row(since, call.left, "", unanswered if first else -1.0, "Queue", arguments)
    if call.outcome == "key":
        yield row(call.left, call.left + 9, "", call.left, "VoiceMail", "100@default,u", "2", f"{call.line}-key")


def answers_first(call: OfficeCall) -> bool:
    """Return whether the exchange answers before the queue does, as on the lines with a long name."""
    return len(call.line) > len("etrangers")


def _arguments(call: OfficeCall) -> str:
    return f"{call.line},t,,,{LIMIT:.0f}"


def _agent(number: str) -> str:
    return f"Agent {number}"


def _phone(call: OfficeCall, of: int) -> str:
    return call.rings[of - 1].agent if of <= len(call.rings) else COLLEAGUE


def _channel(name: str, call: OfficeCall, of: int) -> str:
    return f"PJSIP/{name}-{call.numbers[of]:08x}"


def _uniqueid(call: OfficeCall, of: int) -> str:
    return f"{int(call.channels()[of])}.{call.numbers[of]}"


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S")
