"""How much of each line's opening hours each check covered in a period, from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date

from agents.history.incident_json import incident_of
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.certificate.coverage import CheckedShare, RecordTells, coverage, told_by
from streams.indicators.both import slots_of
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.ledger.day import LineDay, WitnessDay


def line_days(settings: Settings, history: History, period: Period, line: str) -> list[LineDay]:
    """Return a line's days in the ledger, from a year before the period on, because its baseline needs that year."""
    learnt = Period(period.shifted(-1).first, period.last)
    return [*history.days.each(LineDay, f"{settings.site}/{line}", learnt)]


def judged(settings: Settings, history: History, period: Period, line: str, days: Sequence[LineDay]) -> JudgedSlots:
    """Return a line's slots, each with the incidents that cover it; `days` must not be empty."""
    known = history.incidents.of(settings.site, Period(period.shifted(-1).first, period.last)).values()
    incidents = [each for each in map(incident_of, known) if each.is_of("line", line)]
    counted = Period(date.fromisoformat(days[0].day), date.fromisoformat(days[-1].day))
    return JudgedSlots(days, incidents, plan_of(settings).opened, counted)


def sound_slots(settings: Settings, history: History, period: Period, line: str) -> set[int]:
    """Return a line's slots of opening hours in a period that no miscount covers."""
    days = line_days(settings, history, period, line)
    if not days:
        return set()
    slots = judged(settings, history, period, line, days).slots
    return {each.slot_no for each in slots if each.day in period and each.hour is not None and each.miscount is None}


def checked(
    settings: Settings,
    history: History,
    period: Period,
    read: Mapping[str, Set[int]] | None = None,
    tells: Mapping[str, RecordTells] | None = None,
    chosen: str | None = None,
) -> dict[str, list[CheckedShare]]:
    """Return each check's share of the opening hours, by line; of one `chosen` line, or of all.

    `read` has the slots that readings of a counter cover; without it, readings are not checked. `tells` has the kinds
    of events that each line's source records; without it, they are taken from the ledger's days. Lines known only by
    readings, and lines without a day, are left out.
    """
    found = {}
    for name, line in sorted(settings.lines.items()):
        if line.lifecycle == "totals" or chosen not in {None, name}:
            continue
        days = line_days(settings, history, period, name)
        own = [day for day in days if day.day in period]
        if not own:
            continue
        found[name] = coverage(
            judged(settings, history, period, name, days).slots,
            period,
            plan_of(settings).opened,
            Period(date.fromisoformat(own[0].day), date.fromisoformat(own[-1].day)),
            (tells or {}).get(name) or told_by(own, ends=line.lifecycle == "full"),
            None if read is None else read.get(name, set()),
            expected=line.expected_lost_rate is not None,
            witnessed=_witnessed(settings, history, period, name) if line.witness is not None else None,
        )
    return found


def _witnessed(settings: Settings, history: History, period: Period, line: str) -> Set[int]:
    """Return the slots that a line's second record covers."""
    return slots_of([*history.days.each(WitnessDay, f"{settings.site}/{line}", period)]).keys()
