"""Texts on each kind of indicator, for every place that shows it: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from streams.indicators.indicator import Indicator
from streams.indicators.kinds import IndicatorKind, SubjectKind
from streams.said import Said, said


class Sheet(NamedTuple):
    """A kind of indicator, described as in a "fiche indicateur" of the French budget, with its sentences."""

    title: Said
    computed: Said
    bias: Said
    sentence: Said  # about a value
    hall: Said  # follows the value
    heads: tuple[Said, Said, Said]  # heads of a table: whole, part, value
    monthly: Said | None = None  # title of its chart by month; None if it has no such chart
    of_unit: Said | None = None  # about all lines of a unit; None if it belongs to no line


SOURCES: Final[Mapping[SubjectKind, Said]] = {
    "line": said("Call records of the telephone system"),
    "service": said("Tickets of the queue management system"),
    "channel": said("Register of requests received and answered"),
    "survey": said("Users' survey"),
}
SHEETS: Final[Mapping[IndicatorKind, Sheet]] = {
    "lost_rate": Sheet(
        title=said("Lost-call rate"),
        computed=said(
            "Sum of lost calls / sum of calls offered in the opening hours of the period; "
            "never a mean of monthly rates. 95 % Jeffreys interval."
        ),
        bias=said(
            "Depends on the counting software, hence the corrected value. A caller who calls again counts again."
        ),
        sentence=said("The lost-call rate is {value}"),
        hall=said("of the calls were lost"),
        heads=(said("Offered"), said("Lost"), said("Lost rate")),
        monthly=said("Lost-call rate by month, in %"),
        of_unit=said("{name}: {rate} of the calls were lost, {part} of {whole}, in {offices}; margin {low} to {high}."),
    ),
    "answer_rate": Sheet(
        title=said("Answer rate"),
        computed=said(
            "Calls answered by an agent / calls that required an agent's answer, in the opening hours of the period; "
            "calls diverted for a reason that needs no agent are left out."
        ),
        bias=said(
            "Depends on the counting software, hence the corrected value. A call that was not counted is in neither "
            "sum."
        ),
        sentence=said("The answer rate is {value}"),
        hall=said("of the calls were answered by a person"),
        heads=(said("Requiring an agent"), said("Answered"), said("Answer rate")),
        monthly=said("Answer rate by month, in %"),
        of_unit=said(
            "{name}: {rate} of the calls that required an agent were answered by one, {part} of {whole}, in "
            "{offices}; margin {low} to {high}."
        ),
    ),
    "within_target": Sheet(
        title=said("Share answered within {limit} {days}"),
        computed=said("Requests answered in time / requests received in the period; the day of receipt is day 0."),
        bias=said("A request that is pending or withdrawn counts as not answered in time."),
        sentence=said("The share answered within {limit} {days} is {value}"),
        hall=said("were answered within {limit} {days}"),
        heads=(said("Received"), said("In time"), said("Share in time")),
    ),
    "mean_days": Sheet(
        title=said("Mean delay of answer"),
        computed=said("Sum of delays in {days} / requests answered, of those received in the period."),
        bias=said("Pending requests have no delay yet: the mean rises when they are answered."),
        sentence=said("The mean delay of answer is {value}"),
        hall=said("to answer, on average"),
        heads=(said("Answers"), said("Days in all"), said("Mean delay (days)")),
        monthly=said("Mean delay by month, in days"),
    ),
    "wait": Sheet(
        title=said("Mean wait at the counter"),
        computed=said("Sum of waits, from issue to first call / tickets called."),
        bias=said("The wait of visitors who leave before they are called is not known."),
        sentence=said("The mean wait at the counter is {value}"),
        hall=said("to wait for the counter, on average"),
        heads=(said("Tickets"), said("Served"), said("Wait (min)")),
        monthly=said("Mean wait by month, in minutes"),
    ),
    "time_in_service": Sheet(
        title=said("Mean time at the counter"),
        computed=said("Sum of times at the counter, from served to completed / completed visits."),
        bias=said("An end that is entered late lengthens the time."),
        sentence=said("The mean time at the counter is {value}"),
        hall=said("at the counter, on average"),
        heads=(said("Tickets"), said("Served"), said("At the counter (min)")),
        monthly=said("Mean time by month, in minutes"),
    ),
    "satisfaction": Sheet(
        title=said("Satisfied users"),
        computed=said("Satisfied answers / answers given; blanks left out. 95 % interval."),
        bias=said("Answering is voluntary."),
        sentence=said("The share of satisfied users is {value}"),
        hall=said("of the users are satisfied"),
        heads=(said("Answers"), said("Satisfied"), said("Share satisfied")),
    ),
}
_PROCESSED: Final = SHEETS["mean_days"]._replace(
    title=said("Mean processing time"),
    sentence=said("The mean processing time is {value}"),
    hall=said("to process a request, on average"),
)
_DAYS: Final = {"working": said("working days"), "calendar": said("days")}


def about(sentence: Said, indicator: Indicator, **facts: object) -> Said:
    """Return a sentence about an indicator, with its limit, kind of days and other facts."""
    return said(sentence.words, limit=indicator.limit, days=_DAYS[indicator.days or "calendar"], **facts)


def sheet_of(indicator: Indicator) -> Sheet:
    """Return the sheet of an indicator; a title (an identity card, a passport) is processed, a letter is answered."""
    of_titles = all(map(is_of_titles, indicator.parts or (indicator.subject,)))
    return _PROCESSED if indicator.kind == "mean_days" and of_titles else SHEETS[indicator.kind]


def is_of_titles(channel: str) -> bool:
    """Return whether a channel, by its id, measures titles.

    >>> is_of_titles("im341"), is_of_titles("email")
    (True, False)
    """
    return channel.startswith("im") and channel[2:].isdigit()


def title(indicator: Indicator) -> Said:
    """Return an indicator's title, without its subject."""
    return about(sheet_of(indicator).title, indicator)
