"""The account of a call: its outcome, its rows with the effect of each, and where it is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Console

from agents.analysis import words
from agents.analysis.explanation import Explained, ExplainedCall, Step
from agents.analysis.written import number
from agents.history.incident_json import moment
from agents.pages.words import OUTCOME_NAMES, STANDINGS, VERDICTS, miscount
from agents.pages.words import REASONS as REASONS_SAID
from agents.sources.aside import NO_CALL, SENTENCES, WITHIN
from agents.translation import semicolon, text
from streams.calls.call import (
    ANSWERED,
    DIVERTED,
    LOST,
    OPEN,
    OUTCOMES,
    REASON_MASK,
    REASONS,
    RINGING,
    Call,
    OutcomeName,
    implied_start,
)
from streams.desks.line import Line
from streams.events import CallEvent, milliseconds
from streams.kept.mark import DUPLICATE, LATE, RESULTS
from streams.kept.times import QUARTER_MS
from streams.said import said
from streams.watch.incidents import covering, holding

KINDS: Final[dict[int, OutcomeName]] = {OPEN: "unresolved", **{code: name for name, code in OUTCOMES.items()}}
WIDTH: Final = 60  # width of a row, before its effect
NOTHING: Final = said("nothing counted for this row")


def account(found: Explained, asked: str) -> dict[str, Any]:
    zone = ZoneInfo(found.settings.timezone)
    calls = [_told(found, attempt, zone) for _, attempt in sorted(found.attempts.items())]
    if not calls:  # there are rows, but no events come from them
        rows = sorted(found.trace.rows.keys() | found.refused.keys())
        calls = [{"line": None, "call": asked, "outcome": None, "rows": [_row(found, None, row, zone) for row in rows]}]
    return {"asked": asked, "calls": calls, "rows_left_out": found.trace.more}


def show(told: dict[str, Any], console: Console) -> None:
    for call in told["calls"]:
        where = f"{call['line']} " if call["line"] else ""
        console.print(f"{where}{call['call']}: {_headline(call)}", markup=False, soft_wrap=True)
        for row in call["rows"]:
            at = "" if row["at"] is None else datetime.fromisoformat(row["at"]).strftime("%Y-%m-%d %H:%M:%S")
            begins = "  ".join(filter(None, (text("  row {row}", row=row["row"]), at, row["says"])))
            console.print(f"{begins:<{WIDTH}}  {semicolon().join(row['did'])}", markup=False, soft_wrap=True)
        for sentence in call.get("counted", []):
            console.print(f"  {sentence}", markup=False, soft_wrap=True)
    if told["rows_left_out"]:
        console.print(text("{count} more rows are not shown", count=told["rows_left_out"]), markup=False)


def _headline(call: dict[str, Any]) -> str:
    if call["outcome"] is None:
        return text("not counted on any line") if call["line"] is None else text("shown row by row")
    outcome = _outcome(call["outcome"], call["reason"])
    if call["wait"] is None:
        return outcome
    return text("{outcome} after {seconds} s", outcome=outcome, seconds=_seconds(call["wait"]))


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
        did.append(text("refused: {reason}: {detail}", reason=why.reason, detail=why.says))
    if traced is not None:
        did += [
            text(NOTHING if name == WITHIN or name.startswith(NO_CALL) else SENTENCES.get(name, NOTHING))
            for name in traced.aside
        ]
    at = None if traced is None or traced.at is None else round(traced.at * 1000)
    if at is None and traced is None and steps:
        at = milliseconds(steps[0].event.at)
    return {
        "row": row,
        "at": moment(at, zone),
        "says": "" if traced is None else traced.text,
        "did": did or [text(NOTHING)],
    }


def _did(step: Step, zone: ZoneInfo) -> str:
    """Return the effect of an event in words."""
    event = step.event
    did = [*_of_call(step, event, zone)] if isinstance(event, CallEvent) else [text(words.EVENTS[event.type])]
    if step.result == RESULTS[DUPLICATE]:
        did.append(text("repeated, so it counts once"))
    elif step.result == RESULTS[LATE]:
        did.append(text("late, but counted"))
    return semicolon().join(did)


def _of_call(step: Step, event: CallEvent, zone: ZoneInfo) -> Iterator[str]:
    if event.type == "ringing":
        yield text("rang at {agent}; nothing counted", agent=event.agent or text("an agent"))
        return
    yield ", ".join(_event(event))
    if step.types <= RINGING and event.type != "offered":
        time = _clock(implied_start(event), zone)
        yield text("this counts as its offer at {time}, because there was none before", time=time)
    if event.type == "ended":
        if step.after & ~REASON_MASK == LOST and event.talk:
            yield text("it stays lost; talk time in a lost call suggests that an answered call was counted as lost")
        elif step.after == OPEN:
            yield text("no outcome yet")
    elif event.type != "offered" and step.before:
        if step.before != step.after:
            why = text("the first human answer wins")
            if event.type != "answered":
                why = text("of a loss and a diversion the later one counts")
            yield text("replaces {outcome}: {why}", outcome=_words(step.before), why=why)
        elif step.result != RESULTS[DUPLICATE]:
            yield text("it stays {outcome}", outcome=_words(step.after))


def _event(event: CallEvent) -> Iterator[str]:
    """Yield the parts of an event in words."""
    kind = text(words.EVENTS[event.type])
    yield kind if event.reason is None else f"{kind} ({text(REASONS_SAID[event.reason])})"
    if event.wait is not None and event.type != "ended":
        yield text("waited {seconds} s", seconds=_seconds(event.wait))
    if event.talk is not None:
        yield text("talked {seconds} s", seconds=_seconds(event.talk))


def _standing(line: Line, call: Call, zone: ZoneInfo) -> dict[str, Any]:
    """Return a call's final outcome, where it is counted, and what excludes it."""
    kind = call.outcome & ~REASON_MASK
    slot_no = call.start // QUARTER_MS
    when = line.watch.slot_times.of(slot_no)
    incidents = line.state.watch.incidents
    incident = holding(incidents, slot_no, open=when.open)
    quarantined = covering(incidents, slot_no, open=when.open) is not None
    definitions = _definitions(line, call)
    slot = moment(slot_no * QUARTER_MS, zone) or ""
    begins = slot[:16].replace("T", " ")
    counted = [text("counted in the quarter-hour from {time}", time=begins)]
    if not when.open:
        counted = [text("counted in the quarter-hour from {time}, when the office was closed", time=begins)]
    counted.append(semicolon().join(f"{name}: {made}" for name, made in definitions.items()))
    if kind == LOST and call.talk > 0:
        counted.append(text("evidence of a miscount: it is counted lost, but a conversation was recorded"))
    if incident is not None:
        known = {"verdict": VERDICTS[incident.verdict], "kind": miscount(incident)}
        known["standing"] = STANDINGS[incident.status]
        of = {"incident": incident.id, **known}
        doubt = said("its quarter-hour is in doubt: incident {incident} ({verdict}, {kind}, {standing})")
        if quarantined:
            doubt = said(
                "its quarter-hour is quarantined, so the corrected figure excludes it: incident {incident} "
                "({verdict}, {kind}, {standing})"
            )
        counted.append(text(doubt, **of))
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
    """Return how each definition of the lost rate, and the service level, counts a call (`streams.insight.rates`)."""
    by, kind, wait = line.definitions.of[call.by], call.outcome & ~REASON_MASK, call.wait
    counted = text(OUTCOME_NAMES[KINDS[kind]])
    short = kind == LOST and 0 <= wait < by.short_call
    queued = kind in {ANSWERED, LOST} and wait > 0
    return {
        "lost_over_offered": counted,
        "without_short": text("left out, lost within {seconds} s", seconds=_seconds(by.short_call / 1000))
        if short
        else counted,
        "unanswered": text("answered") if kind == ANSWERED else text("unanswered"),
        "queued_only": counted if queued else text("left out"),
        "service_level": text("in time") if kind == ANSWERED and 0 <= wait <= by.within else text("not in time"),
    }


def _words(outcome: int) -> str:
    kind = outcome & ~REASON_MASK
    return _outcome(KINDS[kind], REASONS[outcome & REASON_MASK] if kind in {LOST, DIVERTED} else None)


def _outcome(kind: OutcomeName, reason: str | None) -> str:
    outcome = text(OUTCOME_NAMES[kind])
    return outcome if reason is None else f"{outcome} ({text(REASONS_SAID[reason])})"


def _seconds(length: float) -> str:
    return number(length, 0 if float(length).is_integer() else 1)


def _clock(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at / 1000, zone).strftime("%H:%M:%S")
