"""What each check says of an incident, for a person: a question, a sentence, and two bars to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.pages.evidence import sentence
from agents.translation import Words
from agents.writing import Writing
from streams.watch.incident import Evidence
from streams.watch.laws import LAWS

Leaning: TypeAlias = Literal["miscount", "overload", "nothing"]
Unit: TypeAlias = Literal["share", "seconds", "times", "calls"]
A_WORD: Final = 0.5  # nats: what weighs less says nothing to a person

UNITS: Final[Mapping[str, Unit]] = {
    "lost rate": "share",
    "configured rate": "share",
    "wait law": "seconds",
    "waits of the lost": "seconds",
    "call-backs": "share",
    "lost at once": "share",
    "arrivals": "times",
    "refused": "share",
    "bursts": "times",
    "talk": "seconds",
    "silence": "calls",
    "no losses": "calls",
    "no short losses": "calls",
    "no diverted": "calls",
    "second record": "calls",
    **dict.fromkeys(LAWS, "share"),
}


class Bar(NamedTuple):
    """Hold a figure to draw beside another."""

    label: str
    value: float
    written: str


class WitnessView(NamedTuple):
    """Hold what a check says, to show."""

    title: str
    leaning: Leaning
    says: str
    bars: list[Bar]  # what was seen, and what was to be expected; none where there is nothing to compare


def witness_view(evidence: Evidence, text: Words, writing: Writing) -> WitnessView:
    """Return what a check says, in a reader's language."""
    unit = UNITS.get(evidence.check)
    seen, due = (
        None if unit is None else _written(each, unit, writing) for each in (evidence.observed, evidence.expected)
    )
    says = sentence(evidence, text.language)
    if seen is not None and due is not None:
        says = _sentence(evidence.check, seen, due, text) or says
    return WitnessView(
        _title(evidence.check, text) or evidence.check.capitalize(),
        "nothing" if abs(evidence.score) < A_WORD else "miscount" if evidence.score > 0 else "overload",
        f"{says[:1].upper()}{says[1:]}",
        _bars(evidence, seen, due, text),
    )


def _bars(evidence: Evidence, seen: str | None, due: str | None, text: Words) -> list[Bar]:
    if seen is None or due is None or evidence.observed is None or evidence.expected is None:
        return []
    other = text("if really lost") if evidence.check == "wait law" else text("usually")
    return [Bar(text("here"), evidence.observed, seen), Bar(other, evidence.expected, due)]


def _written(value: float | None, unit: Unit, writing: Writing) -> str | None:
    if value is None:
        return None
    if unit == "share":
        digits = 0 if value >= 0.1 or not value else 1 if value >= 0.01 else 2  # noqa: PLR2004 -- those that count
        return writing.percent(value, digits)
    if unit == "seconds":
        return writing.duration(value)
    return writing.number(value, 0 if unit == "calls" else 2)


def _title(check: str, text: Words) -> str | None:
    """Return the question that a check asks; None for one that has none here."""
    titles = {
        "lost rate": text("How many are lost?"),
        "configured rate": text("How many are lost?"),
        "wait law": text("Do callers wait longer?"),
        "waits of the lost": text("How long had the lost waited?"),
        "call-backs": text("Do the lost call again?"),
        "lost at once": text("Do they hang up at once?"),
        "arrivals": text("Do more people call?"),
        "refused": text("Does the exchange refuse calls?"),
        "bursts": text("Do losses come in bursts?"),
        "talk": text("Do conversations last longer?"),
        "silence": text("Does anybody call?"),
        "second record": text("What does the second record say?"),
        "no talk in a lost call": text("Lost, and yet a conversation?"),
        "copied rows": text("The same call twice?"),
        "one call at a time": text("Lost while already on the line?"),
        "no redialling machine": text("Lost again within half a minute?"),
        "nobody at no time": text("Lost without a wait and without a caller?"),
        "every call ends": text("Does every call end?"),
        "waits as timed": text("Do the waits agree with the clock?"),
        "closed hours": text("Calls while the office is closed?"),
        "hours of calls": text("Is the clock right?"),
        "declared": text("Declared by a person"),
    }
    return titles.get(check)


def _sentence(check: str, seen: str, due: str, text: Words) -> str | None:
    """Return what a witness says where a person says it more simply than a statistician."""
    said = {
        "wait law": text(
            "Had so many really been lost, the others would wait {due}; they wait {seen}.", due=due, seen=seen
        ),
        "waits of the lost": text(
            "Who gives up has waited {due}, as a rule; these had waited {seen}.", due=due, seen=seen
        ),
        "call-backs": text(
            "Who reached nobody calls again within half an hour: {due} do, as a rule; here {seen}.", due=due, seen=seen
        ),
        "lost at once": text("As a rule {due} of the lost hang up without waiting; here {seen}.", due=due, seen=seen),
        "arrivals": text("{seen} times as many calls as usual, the losses left out.", seen=seen),
        "talk": text("A conversation lasts {seen}; as a rule {due}.", seen=seen, due=due),
        "lost rate": text("{seen} of the calls are lost; as a rule {due}.", seen=seen, due=due),
    }
    return said.get("lost rate" if check == "configured rate" else check)
