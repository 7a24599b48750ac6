"""What an explanation says: of each call its outcome, its rows and what each did, and where it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.analysis.explanation import Explained, ExplainedCall, Step
from agents.history.incident_json import moment
from agents.sources.aside import NO_CALL, SENTENCES, WITHIN
from streams.calls.call import (
    ANSWERED,
    DIVERTED,
    LOST,
    OPEN,
    REASON_MASK,
    REASONS,
    RINGING,
    Call,
)
from streams.desks.line import Line
from streams.events import CallEvent, milliseconds
from streams.kept.mark import DUPLICATE, LATE, RESULTS
from streams.kept.times import QUARTER_MS
from streams.watch.incidents import covering, holding

KINDS: Final = {OPEN: "unresolved", ANSWERED: "answered", LOST: "lost", DIVERTED: "diverted"}
WIDTH: Final = 60  # characters of a row, before what it did
NOTHING: Final = "nothing counted by itself"


def account(found: Explained, asked: str) -> dict[str, Any]:
    """Return the explanation as JSON has it."""
    zone = ZoneInfo(found.settings.timezone)
    calls = [_told(found, attempt, zone) for _, attempt in sorted(found.attempts.items())]
    if not calls:  # its rows are there, and no event of it is
        rows = sorted(found.trace.rows.keys() | found.refused.keys())
        calls = [{"line": None, "call": asked, "outcome": None, "rows": [_row(found, None, row, zone) for row in rows]}]
    return {"asked": asked, "calls": calls, "rows_left_out": found.trace.more}


def show(told: dict[str, Any], console: Console) -> None:
    """Print an explanation for people."""
    for call in told["calls"]:
        where = f"{call['line']} " if call["line"] else ""
        console.print(f"{where}{call['call']}: {_headline(call)}", markup=False, soft_wrap=True)
        for row in call["rows"]:
            at = "" if row["at"] is None else datetime.fromisoformat(row["at"]).strftime("%H:%M:%S")
            said = "  ".join(filter(None, (f"  row {row['row']}", at, row["says"])))
            console.print(f"{said:<{WIDTH}}  {'; '.join(row['did'])}", markup=False, soft_wrap=True)
        for sentence in call.get("counted", []):
            console.print(f"  {sentence}", markup=False, soft_wrap=True)
    if told["rows_left_out"]:
        console.print(f"{told['rows_left_out']} more row(s) of it are left out", markup=False)


def _headline(call: dict[str, Any]) -> str:
    if call["outcome"] is None:
        return "no line counts it" if call["line"] is None else "followed row by row"
    words = _outcome(call["outcome"], call["reason"])
    return words if call["wait"] is None else f"{words} after {call['wait']:g} s"


def _told(found: Explained, attempt: ExplainedCall, zone: ZoneInfo) -> dict[str, Any]:
    rows = [_row(found, attempt, row, zone) for row in found.rows(attempt)]
    told: dict[str, Any] = {"line": attempt.desk, "call": attempt.name, "outcome": None}
    line, call = found.lines.get(attempt.desk), attempt.call
    if line is not None and call is not None and call.attempted:
        told |= _standing(line, call, zone)
    return {**told, "rows": rows}


def _row(found: Explained, attempt: ExplainedCall | None, row: int, zone: ZoneInfo) -> dict[str, Any]:
    traced = found.trace.rows.get(row)
    steps = [step for step in attempt.steps if step.row == row] if attempt else []
    did = [_did(step, zone) for step in steps]
    if row in found.refused:
        why = found.refused[row]
        did.append(f"refused: {why.reason}: {why.detail}")
    if traced is not None:
        did += [
            NOTHING if name == WITHIN or name.startswith(NO_CALL) else SENTENCES.get(name, name)
            for name in traced.aside
        ]
    at = None if traced is None or traced.at is None else round(traced.at * 1000)
    if at is None and traced is None and steps:
        at = milliseconds(steps[0].event.at)
    return {
        "row": row,
        "at": moment(at, zone),
        "says": "" if traced is None else traced.text,
        "did": did or [NOTHING],
    }


def _did(step: Step, zone: ZoneInfo) -> str:
    """Say what one event did."""
    event = step.event
    words: str = event.type
    if isinstance(event, CallEvent):
        words = "; ".join(_of_call(step, event, zone))
    if step.result == RESULTS[DUPLICATE]:
        return f"{words}; it was told before, and counts once"
    return f"{words}; late, and counted all the same" if step.result == RESULTS[LATE] else words


def _of_call(step: Step, event: CallEvent, zone: ZoneInfo) -> Iterator[str]:
    if event.type == "ringing":
        yield f"rang at {event.agent or 'an agent'}; nothing counted"
        return
    told = event.type if event.reason is None else f"{event.type} ({event.reason})"
    waited = "" if event.wait is None or event.type == "ended" else f", waited {event.wait:g} s"
    talked = "" if event.talk is None else f", talked {event.talk:g} s"
    yield f"{told}{waited}{talked}"
    if step.types <= RINGING and event.type != "offered":
        start = milliseconds(event.at) - round(1000 * ((event.wait or 0) + (event.talk or 0)))
        yield f"offered by that at {_clock(start, zone)}, as nothing offered it before"
    if event.type == "ended":
        if step.after & ~REASON_MASK == LOST and event.talk:
            yield "it stays lost; a talk in a lost call is evidence of answered-as-lost"
        elif step.after == OPEN:
            yield "it decides no outcome"
    elif event.type != "offered" and step.before:
        if step.before != step.after:
            yield f"in place of {_words(step.before)}: the first human answer wins"
        elif step.result != RESULTS[DUPLICATE]:
            yield f"it stays {_words(step.after)}"


def _standing(line: Line, call: Call, zone: ZoneInfo) -> dict[str, Any]:
    """Say how a call stands at the end, where it is counted, and what leaves it out."""
    kind = call.outcome & ~REASON_MASK
    slot_no = call.start // QUARTER_MS
    when = line.watch.slot_times.of(slot_no)
    incidents = line.state.watch.incidents
    incident = holding(incidents, slot_no, open=when.open)
    quarantined = covering(incidents, slot_no, open=when.open) is not None
    definitions = _definitions(line, call)
    slot = moment(slot_no * QUARTER_MS, zone) or ""
    closed = "" if when.open else ", while the office was closed"
    counted = [f"counted in the quarter of an hour from {slot[:16].replace('T', ' ')}{closed}"]
    counted.append("; ".join(f"{name}: {said}" for name, said in definitions.items()))
    if kind == LOST and call.talk > 0:
        counted.append("evidence: it is counted lost, though a conversation is on record (answered-as-lost)")
    if incident is not None:
        said = "in quarantine: the corrected figure does not trust it" if quarantined else "in doubt"
        counted.append(
            f"its quarter of an hour is {said}: incident {incident.id} "
            f"({incident.verdict}, {incident.kind}, {incident.status})"
        )
    return {
        "outcome": KINDS[kind],
        "reason": REASONS[call.outcome & REASON_MASK] if kind in {LOST, DIVERTED} else None,
        "wait": None if call.wait < 0 else call.wait / 1000,
        "talk": None if call.talked < 0 else call.talked / 1000,
        "offered": moment(call.start, zone),
        "slot": slot,
        "definitions": definitions,
        "incident": None
        if incident is None
        else {name: getattr(incident, name) for name in ("id", "verdict", "kind", "status")}
        | {"quarantined": quarantined},
        "counted": counted,
    }


def _definitions(line: Line, call: Call) -> dict[str, str]:
    """Say what each definition of the lost rate, and the service level, make of a call (`streams.insight.rates`)."""
    by, kind, wait = line.definitions.of[call.by], call.outcome & ~REASON_MASK, call.wait
    counted = KINDS[kind]
    short = kind == LOST and 0 <= wait < by.short_call
    queued = kind in {ANSWERED, LOST} and wait > 0
    return {
        "lost_over_offered": counted,
        "without_short": f"left out, lost within {by.short_call / 1000:g} s" if short else counted,
        "unanswered": "answered" if kind == ANSWERED else "unanswered",
        "queued_only": counted if queued else "left out",
        "service_level": "in time" if kind == ANSWERED and 0 <= wait <= by.within else "not in time",
    }


def _words(outcome: int) -> str:
    kind = outcome & ~REASON_MASK
    return _outcome(KINDS[kind], REASONS[outcome & REASON_MASK] if kind in {LOST, DIVERTED} else None)


def _outcome(kind: str, reason: str | None) -> str:
    return kind if reason is None else f"{kind} ({reason})"


def _clock(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%H:%M:%S")
