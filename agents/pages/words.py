"""What indicators, their figures and incidents are called: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from agents.language import Language
from agents.translation import Words
from streams.events import Decision
from streams.indicators.indicator import Indicator, IndicatorKind, ObservationStatus
from streams.said import Said, said
from streams.watch.correction import Method
from streams.watch.incident import Evidence, Incident, Standing, Verdict
from streams.watch.laws import Kind as Miscount
from streams.watch.review import OF_OFFICE


class Sheet(NamedTuple):
    """Describe a kind of indicator as a "fiche indicateur" of the French budget does."""

    title: Said
    computed: Said
    source: Said
    bias: Said


_CALLS: Final = said("Call records of the telephone system")
_TICKETS: Final = said("Tickets of the queue management system")
_REQUESTS: Final = said("Register of requests received and answered")
_DELAY_BIAS: Final = said("Pending requests have no delay yet: the mean rises when they are answered.")

SHEETS: Final[Mapping[IndicatorKind, Sheet]] = {
    "lost_rate": Sheet(
        said("Lost-call rate"),
        said(
            "Sum of lost calls / sum of calls offered in the opening hours of the period; "
            "never a mean of monthly rates. 95 % Jeffreys interval."
        ),
        _CALLS,
        said("Depends on the counting software, hence the corrected value. A caller who calls again counts again."),
    ),
    "answer_rate": Sheet(
        said("Answer rate"),
        said(
            "Calls answered by an agent / calls that required an agent's answer, in the opening hours of the period; "
            "calls diverted for a reason that needs no agent are left out."
        ),
        _CALLS,
        said("Depends on the counting software, hence the corrected value. A call that nobody counted is in no part."),
    ),
    "within_target": Sheet(
        said("Share answered within {limit} {days}"),
        said("Requests answered in time / requests received in the period; the day of receipt is day 0."),
        _REQUESTS,
        said("A request that is pending or withdrawn counts as not answered in time."),
    ),
    "mean_days": Sheet(
        said("Mean delay of answer"),
        said("Sum of delays in {days} / requests answered, of those received in the period."),
        _REQUESTS,
        _DELAY_BIAS,
    ),
    "wait": Sheet(
        said("Mean wait at the counter"),
        said("Sum of waits, from issue to first call / tickets called."),
        _TICKETS,
        said("Of those who leave before they are called, the wait is not known."),
    ),
    "time_in_service": Sheet(
        said("Mean time at the counter"),
        said("Sum of times at the counter, from served to completed / completed visits."),
        _TICKETS,
        said("An end that is entered late lengthens the time."),
    ),
    "satisfaction": Sheet(
        said("Satisfied users"),
        said("Satisfied answers / answers given; blanks left out. 95 % interval."),
        said("Users' survey"),
        said("Only those answer who care to."),
    ),
}

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

COLUMNS: Final[Mapping[str, Said]] = {  # heads of a table of calls: of many, where the words of an outcome are of one
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
    "overload": said("real overload"),
}

VERDICTS: Final[Mapping[Verdict, Said]] = {
    "miscount": said("miscount"),
    "overload": said("real overload"),
    "undecided": said("undecided: the line or the counting"),
}

STANDINGS: Final[Mapping[Standing, Said]] = {
    "open": said("to review"),
    "confirmed": said("confirmed"),
    "dismissed": said("dismissed"),
    "closed": said("over, not decided"),
}

UNJUDGED: Final = said("it goes on; calls since {since} are not judged yet, and in no corrected figure")

DECISIONS: Final[Mapping[Decision, Said]] = {
    "confirm": said("confirms"),
    "dismiss": said("dismisses"),
    "reopen": said("takes the decision back"),
    "declare": said("declares a miscount"),
}

_DAYS: Final = {"working": said("working days"), "calendar": said("days")}
UNITS: Final = {"share": said("%"), "days": said("days"), "minutes": said("minutes")}


def head(name: str, language: Language) -> str:
    """Return the head of a column of a table of calls."""
    return Words(language)(COLUMNS[name]).lower()


def about(sentence: Said, indicator: Indicator, **facts: object) -> Said:
    """Return a sentence about an indicator with its limit, its kind of days and other facts."""
    return said(sentence.words, limit=indicator.limit, days=_DAYS[indicator.days or "calendar"], **facts)


def what(incident: Incident, language: Language) -> str:
    """Say what an incident is: what all lines at once say, else its kind."""
    if incident.cause == OF_OFFICE:
        return says(incident.evidence[0], language)
    return Words(language)(MISCOUNTS[incident.kind])


def says(evidence: Evidence, language: Language) -> str:
    """Return what a check says: the record has it in both languages."""
    return evidence.says if language is Language.FR else evidence.says_en


def title(indicator: Indicator) -> Said:
    """Return an indicator's title, without its subject."""
    return about(SHEETS[indicator.kind].title, indicator)
