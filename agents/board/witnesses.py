"""A check's evidence for a person: a question, a sentence, and two bars to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from agents.pages.evidence import sentence
from agents.translation import Words
from agents.writing import Writing
from streams.watch.facts import CasesBreak, CounterOff, PartsExceedWhole, ReadingsMissing
from streams.watch.incident import Evidence, Verdict
from streams.watch.laws import LAWS

Leaning: TypeAlias = Literal["alarm", "miscount", "overload", "nothing"]
ALARMS: Final = {"lost rate", "configured rate"}  # checks that open an incident, whatever its cause
Unit: TypeAlias = Literal["share", "seconds", "times", "calls"]
# Facts of checks that compare totals: they have no weight, as a verdict follows from one of them alone
PROOFS: Final = (CounterOff, ReadingsMissing, PartsExceedWhole, CasesBreak)
A_WORD: Final = 0.5  # in nats; a smaller weight is shown as inconclusive

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
    "few calls": "calls",
    "no calls at hours": "calls",
    "no losses at hours": "calls",
    "second record": "calls",
    **dict.fromkeys(LAWS, "share"),
}


class Bar(NamedTuple):
    label: str
    value: float
    written: str


class WitnessView(NamedTuple):
    """A check's evidence, ready to show."""

    title: str
    leaning: Leaning
    says: str
    bars: list[Bar]  # observed and expected; empty if there is nothing to compare


def witness_view(evidence: Evidence, verdict: Verdict, text: Words, writing: Writing) -> WitnessView:
    """Return a check's evidence, on which a verdict rests, in a reader's language."""
    unit = UNITS.get(evidence.check)
    seen, due = (
        None if unit is None else _written(each, unit, writing) for each in (evidence.observed, evidence.expected)
    )
    says = sentence(evidence, text.language)
    if seen is not None and due is not None:
        says = _sentence(evidence.check, seen, due, text) or says
    return WitnessView(
        _title(evidence.check, text) or evidence.check.capitalize(),
        _leaning(evidence, verdict),
        f"{says[:1].upper()}{says[1:]}",
        _bars(evidence, seen, due, text),
    )


def _leaning(evidence: Evidence, verdict: Verdict) -> Leaning:
    if evidence.check in ALARMS:
        return "alarm"
    if not evidence.score and isinstance(evidence.facts, PROOFS):
        return "nothing" if verdict == "undecided" else verdict
    return "nothing" if abs(evidence.score) < A_WORD else "miscount" if evidence.score > 0 else "overload"


def _bars(evidence: Evidence, seen: str | None, due: str | None, text: Words) -> list[Bar]:
    if seen is None or due is None or evidence.observed is None or evidence.expected is None:
        return []
    other = text("if really lost") if evidence.check == "wait law" else text("usually")
    return [Bar(text("here"), evidence.observed, seen), Bar(other, evidence.expected, due)]


def _written(value: float | None, unit: Unit, writing: Writing) -> str | None:
    if value is None:
        return None
    if unit == "share":
        digits = 0 if value >= 0.1 or not value else 1 if value >= 0.01 else 2  # noqa: PLR2004 -- two significant digits
        return writing.percent(value, digits)
    if unit == "seconds":
        return writing.duration(value)
    return writing.number(value, 0 if unit == "calls" else 2)


def _title(check: str, text: Words) -> str | None:
    """Return a check's question; None if it has none."""
    titles = {
        "lost rate": text("How many are lost?"),
        "configured rate": text("How many are lost?"),
        "wait law": text("Do callers wait longer?"),
        "waits of the lost": text("How long had lost callers waited?"),
        "call-backs": text("Do lost callers call again?"),
        "lost at once": text("Do they hang up at once?"),
        "arrivals": text("Do more people call?"),
        "refused": text("Does the exchange refuse calls?"),
        "bursts": text("Do losses come in bursts?"),
        "talk": text("Do conversations last longer?"),
        "silence": text("Does anybody call?"),
        "second record": text("What does the second record say?"),
        "no talk in a lost call": text("Lost, despite a conversation?"),
        "copied rows": text("The same call twice?"),
        "one call at a time": text("Lost while already on the line?"),
        "no redialling machine": text("Lost again within half a minute?"),
        "nobody at no time": text("Lost without a wait and without a caller?"),
        "every call ends": text("Does every call end?"),
        "waits as timed": text("Do the waits agree with the clock?"),
        "an agent answers": text("Answered by a machine?"),
        "few calls": text("Do fewer people call?"),
        "no calls at hours": text("Do calls come at all hours?"),
        "no losses at hours": text("Are calls lost at all hours?"),
        "closed hours": text("Calls while the office is closed?"),
        "hours of calls": text("Is the clock right?"),
        "declared": text("Declared by a person"),
        "answers": text("Checked by a person: counted rightly?"),
        "asked": text("Checked by a person: counted rightly?"),
        "office": text("Does anybody call?"),
        "no losses": text("Are calls still lost?"),
        "no short losses": text("Are calls still lost after a short wait?"),
        "no diverted": text("Are calls still diverted?"),
        "on time": text("Do the events come in time?"),
        "possible waits": text("Are the waits possible?"),
    }
    return titles.get(check) or _title_of_readings(check, text) or _title_of_cases(check, text)


def _title_of_readings(check: str, text: Words) -> str | None:
    """Return the question of a check of a line's readings; None of any other check."""
    titles = {
        "readings": text("Is every reading there?"),
        "counter of calls offered": text("Does the counter count the same calls?"),
        "counter of calls answered": text("Does the counter count the same answered calls?"),
        "counter of calls lost": text("Does the counter count the same lost calls?"),
        "parts of the whole": text("Do the totals add up?"),
        "same block": text("The same readings twice?"),
        "lost rate of days": text("How many are lost?"),
        "calls without outcome": text("Does every call have an outcome?"),
    }
    return titles.get(check)


def _title_of_cases(check: str, text: Words) -> str | None:
    """Return the question of a check of tickets or requests; None of any other check."""
    titles = {
        "waits of zero": text("Waits of 0?"),
        "columns swapped": text("Columns swapped?"),
        "rows once": text("The same row twice?"),
        "rows not repeated": text("The same row twice?"),
        "a number once": text("The same number twice?"),
        "order of moments": text("Moments in order?"),
        "issued at any minute": text("Issue times rounded?"),
        "waits without a limit": text("Waits cut at a limit?"),
        "met one by one": text("Many called or answered at one moment?"),
        "closed one by one": text("Many closed at one moment?"),
        "same moments": text("Opened and closed at once?"),
        "closed days": text("Dated on closed days?"),
        "numbers missing": text("Do the numbers follow one another?"),
        "no cases": text("Does anybody come?"),
        "no answers": text("Are requests answered?"),
        "visits end": text("Does every visit end?"),
        "visitors are called": text("Is every visitor called?"),
        "some answered later": text("Answered so soon, or closed to look so?"),
        "visitors come": text("Do as many visitors come as usual?"),
        "hours shifted": text("Is the clock right?"),
        "people add up": text("Do the totals add up?"),
        "people served": text("Was everybody served?"),
        "mean within limits": text("Does the mean fit its own distribution?"),
        "queue and waits": text("Do the waits fit the queue?"),
        "usual waits": text("Are the waits as long as usual?"),
        "waits reported": text("Is a mean wait reported?"),
        "days reported": text("Is every open day reported?"),
        "a day once": text("The same day twice?"),
    }
    if check not in titles and check.startswith("waits "):
        return text("Are the waits as long as usual?")
    if check.startswith("times "):
        return text("Are the times in service as long as usual?")
    return titles.get(check)


def _sentence(check: str, seen: str, due: str, text: Words) -> str | None:
    """Return a plain sentence for a check; None if the record's own sentence is plain enough."""
    said = {
        "wait law": text(
            "If these calls had really been lost, the others would have waited {due}; they waited {seen}.",
            due=due,
            seen=seen,
        ),
        "waits of the lost": text(
            "Callers who give up have usually waited {due}; these had waited {seen}.", due=due, seen=seen
        ),
        "call-backs": text(
            "Usually {due} of lost callers call again within half an hour; here {seen}.", due=due, seen=seen
        ),
        "lost at once": text("Usually {due} of lost callers hang up without waiting; here {seen}.", due=due, seen=seen),
        "arrivals": text("{seen} times as many calls as usual, without the additional losses.", seen=seen),
        "talk": text("A conversation lasts {seen}; usually {due}.", seen=seen, due=due),
        "lost rate": text("{seen} of the calls are lost; usually {due}.", seen=seen, due=due),
    }
    return said.get("lost rate" if check == "configured rate" else check)
