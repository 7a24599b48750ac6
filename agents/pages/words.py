"""Names of figures and incidents: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.language import Language
from agents.pages.evidence import sentence
from agents.translation import Words
from streams.calls.call import OutcomeName
from streams.events import Answer, Decision
from streams.indicators.indicator import ObservationStatus
from streams.indicators.kinds import IndicatorUnit
from streams.questions.question import About
from streams.said import Said, said
from streams.watch.correction import Method
from streams.watch.emptied import NO_LOSSES
from streams.watch.hours import LOSSES
from streams.watch.incident import FALL, DeskKind, Incident, Standing, Verdict
from streams.watch.laws import ATTENDED
from streams.watch.laws import Kind as Miscount
from streams.watch.review import OF_OFFICE

REASONS: Final[Mapping[str, Said]] = {
    "abandoned": said("abandoned"),
    "timeout": said("timeout"),
    "full": said("queue full"),
    "closed": said("closed"),
    "no_agents": said("no agents"),
    "key": said("key"),
    "transfer": said("transfer"),
    "voicemail": said("voicemail"),
    "callback": said("callback"),
    "unknown": said("unknown cause"),
}

METHODS: Final[Mapping[Method, Said]] = {
    "none": said("no correction"),
    "recount": said("recount of the calls concerned"),
    "exclude": said("stretches concerned left out"),
    "sample": said("stretches concerned estimated from calls that a person checked"),
    "impute": said("stretches concerned imputed by hour and month"),
    "witness": said("by both records of the calls"),
    "unavailable": said("withheld"),
}

STATUSES: Final[Mapping[ObservationStatus, Said]] = {
    "A": said("normal"),
    "P": said("provisional"),
    "U": said("suspect"),
    "E": said("estimated"),
    "Q": said("suppressed"),
    "B": said("break in the series"),
}

COLUMNS: Final[Mapping[str, Said]] = {  # heads of a table of calls: in the plural, unlike the names of outcomes
    "offered": said("Offered"),
    "answered": said("Answered"),
    "lost": said("Lost"),
    "diverted": said("Diverted"),
    "unresolved": said("Unresolved"),
    "lost_rate": said("Lost rate"),
}

MISCOUNTS: Final[Mapping[Miscount, Said]] = {
    "duplicate": said("calls counted twice"),
    "multi-leg": said("ringing legs counted as calls"),
    "answered-as-lost": said("answered calls counted as lost"),
    "phantom": said("phantom calls"),
    "closed-hours": said("calls counted in closed hours"),
    "missing": said("missing calls"),
    "stuck": said("counter stuck"),
    "reset": said("counter reset"),
    "clock": said("clock wrong"),
    "mismatch": said("contradictory figures"),
    "drift": said("drift of the counting, mechanism unknown"),
    "unit": said("waits in a wrong unit"),
    "zero": said("unknown waits counted as 0"),
    "order": said("moments out of order"),
    "swapped": said("columns swapped"),
    "bulk": said("many called, answered or closed at one moment"),
    "same-stamp": said("opened and closed at one moment"),
    "never-closed": said("never closed"),
    "calendar": said("counted on closed days"),
    "overload": said("real overload"),
}

# Of counters and registers, where that reads otherwise
CASE_MISCOUNTS: Final[Mapping[str, Said]] = {
    "duplicate": said("rows counted twice"),
    "missing": said("missing rows"),
    "clock": said("wrong times"),  # its clock, or rounded
}

# Losses that no longer come may be counted as answers: a person, or answers without an agent, show it.
MISSING_LOSSES: Final[Mapping[str, Said]] = {
    **dict.fromkeys((FALL, NO_LOSSES, LOSSES), said("losses left out or counted as answered")),
    ATTENDED: said("losses counted as answered"),
}

VERDICTS: Final[Mapping[Verdict, Said]] = {
    "miscount": said("miscount"),
    "overload": said("real overload"),
    "undecided": said("undecided: the line or the counting"),
}

REAL_OR_NOT: Final = said("undecided: real, or counted wrong")  # at counters and registers

STANDINGS: Final[Mapping[Standing, Said]] = {
    "open": said("to review"),
    "confirmed": said("confirmed"),
    "dismissed": said("dismissed"),
    "closed": said("over, not decided"),
}

UNJUDGED: Final = said("ongoing; calls since {since} are not judged yet, and in no corrected figure")

DECISIONS: Final[Mapping[Decision, Said]] = {
    "confirm": said("confirms"),
    "dismiss": said("dismisses"),
    "reopen": said("takes the decision back"),
    "declare": said("declares a miscount"),
    "take": said("is dealing with it"),
}

TAKEN: Final = said("{who} has been dealing with it since {moment}")

OUTCOME_NAMES: Final[Mapping[OutcomeName, Said]] = {
    "answered": said("answered"),
    "lost": said("lost"),
    "diverted": said("diverted"),
    "unresolved": said("unresolved"),
}

ANSWERS: Final[Mapping[Answer, Said]] = {
    "right": said("right"),
    "wrong": said("wrong"),
    "cannot-tell": said("cannot tell"),
}

ASKED_FOR: Final[Mapping[About, Said]] = {
    "doubt": said("the lost rate is suspect"),
    "law": said("these calls break a rule of counting"),
    "month": said("the month's sample"),
    "first": said("the sample before the line's first figure"),
}

UNANSWERED: Final = said("asked, not answered")

UNITS: Final[Mapping[IndicatorUnit, Said]] = {"share": said("%"), "days": said("days"), "minutes": said("minutes")}


def head(name: str, language: Language) -> str:
    """Return a column's head in a table of calls."""
    return Words(language)(COLUMNS[name]).lower()


def what(incident: Incident, language: Language) -> str:
    """Return an incident's name: its kind, or that all lines were silent."""
    if incident.cause == OF_OFFICE:
        return sentence(incident.evidence[0], language)
    return Words(language)(miscount(incident))


def verdict_of(desk: DeskKind, verdict: Verdict) -> Said:
    """Return the name of a verdict at a kind of desk."""
    return REAL_OR_NOT if desk != "line" and verdict == "undecided" else VERDICTS[verdict]


def miscount(incident: Incident) -> Said:
    return kind_of(incident.desk, incident.kind, incident.cause)


def kind_of(desk: DeskKind, kind: Miscount, cause: str) -> Said:
    """Return the name of a miscount's kind at a kind of desk, by its cause if that says more."""
    if desk != "line":
        return CASE_MISCOUNTS.get(kind) or MISCOUNTS[kind]
    return (MISSING_LOSSES.get(cause) if kind == "missing" else None) or MISCOUNTS[kind]
