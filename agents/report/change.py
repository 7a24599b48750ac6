"""The change of an indicator since the year before, and whether its target is met, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agents.pages import sheets
from agents.totals.telling import Telling
from streams.indicators.indicator import Compared, Indicator


class Change(NamedTuple):
    """The difference of an indicator from the year before."""

    before: Compared
    gain: float  # in the indicator's unit, above 0 if better
    steady: bool  # chance alone could explain the difference, or both values are written the same


def change_of(indicator: Indicator) -> Change | None:
    """Return the change of an indicator; None if either year has no published value, or definitions differ."""
    now, before = indicator.corrected, indicator.before
    if before is None or before.corrected is None or now.value is None or _is_redefined(indicator):
        return None
    gain = (now.value - before.corrected) * (1 if indicator.rises else -1)
    within = now.low is not None and now.high is not None and now.low <= before.corrected <= now.high
    digits = 4 if indicator.unit == "share" else 2
    return Change(before, gain, within or round(now.value, digits) == round(before.corrected, digits))


def sentence(indicator: Indicator, telling: Telling) -> str:
    """Return a sentence with the value, the value of the year before, the change, and the target."""
    text, value = telling.text, indicator.corrected.value
    if value is None:
        return text("{name}: no figure is published.", name=telling.title(indicator))
    stands = text(sheets.about(sheets.sheet_of(indicator).sentence, indicator, value=telling.amount(indicator, value)))
    change = change_of(indicator)
    told = [f"{stands}." if change is None else f"{stands}{_against(indicator, change, telling)}."]
    if indicator.before is not None and _is_redefined(indicator):
        told.append(text("It is not compared with the year before: the definition is another one."))
    return " ".join(filter(None, (*told, target(indicator, telling))))


def target(indicator: Indicator, telling: Telling) -> str:
    """Return whether the target is met, in words; empty without one."""
    if indicator.target is None or indicator.corrected.met is None:
        return ""
    text, aim = telling.text, telling.aim(indicator)
    return (
        text("The target ({aim}) is met.", aim=aim)
        if indicator.corrected.met
        else text("The target ({aim}) is missed.", aim=aim)
    )


def verdicts(indicators: Iterable[Indicator], telling: Telling) -> str:
    """Return a sentence on how many indicators are better or worse, and how many meet their targets."""
    every = list(indicators)
    changes = [change for change in map(change_of, every) if change is not None]
    aimed = [each.corrected.met for each in every if each.corrected.met is not None]
    text = telling.text
    told = []
    if changes:
        told.append(_compared(changes, telling))
    if aimed:
        told.append(text("targets met: {met} of {all}", met=sum(aimed), all=len(aimed)))
    joined = telling.semicolon.join(told)
    return f"{joined[:1].upper()}{joined[1:]}." if joined else ""


def _is_redefined(indicator: Indicator) -> bool:
    """Return whether the year and the one before it have different definitions."""
    return bool(indicator.breaks) or "B" in {indicator.raw.status, indicator.corrected.status}


def _compared(changes: Sequence[Change], telling: Telling) -> str:
    """Return how many indicators are better, steady and worse, leaving out zeros."""
    steady = sum(each.steady for each in changes)
    better = sum(each.gain > 0 for each in changes if not each.steady)
    worse = len(changes) - steady - better
    told = [
        telling.counted("{count} better", "{count} better", better),
        telling.counted("{count} steady", "{count} steady", steady),
        telling.counted("{count} worse", "{count} worse", worse),
    ]
    found = [said for said, count in zip(told, (better, steady, worse), strict=True) if count]
    periods = dict.fromkeys(telling.period(each.before.period) for each in changes)
    return telling.text("against {periods}: {changes}", periods=", ".join(periods), changes=", ".join(found))


def _against(indicator: Indicator, change: Change, telling: Telling) -> str:
    text, before = telling.text, change.before
    when = telling.beside(before)
    was = telling.bare(indicator, before.corrected)
    if change.steady:
        return text(", against {was} {when}: steady", was=was, when=when)
    by = telling.difference(indicator, abs(change.gain))
    if change.gain > 0:
        return text(", against {was} {when}: an improvement of {by}", was=was, when=when, by=by)
    return text(", against {was} {when}: a worsening of {by}", was=was, when=when, by=by)
