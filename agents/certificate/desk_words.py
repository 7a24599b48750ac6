"""The sentences of a certificate about a service or a channel, in the chosen language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from agents.analysis.written import number
from agents.certificate.certificate import CertifiedDesk
from agents.totals.telling import Telling
from agents.translation import semicolon, spoken_language, text
from streams.certificate.cases import DayStanding
from streams.indicators.indicator import Indicator
from streams.said import Said, said

DAYS: Final[Mapping[DayStanding, Said]] = {
    "sound": said("counted without a known fault"),
    "recounted": said("recounted"),
    "left out": said("left out of the corrected figure"),
    "in doubt": said("in doubt"),
    "no cases": said("open, but without a ticket or request"),
    "not counted": said("missing from the ledger"),
}
NOT_TRIED: Final = said(
    "It cannot be stated which smallest fault would have been detected: the ledger keeps the waits or delays of each "
    "day, not each ticket or request, so no fault can be put into them."
)
AT_ONCE: Final = said(
    "Half of the visitors wait less than a minute. If the record does not name the counters, nothing would show waits "
    "in a wrong unit, or waits of 0 that are unknown."
)
NOT_DRAWN: Final = said("No ticket or request was checked by a person.")


def values(desk: CertifiedDesk, zone: ZoneInfo) -> list[str]:
    """Return each certified figure: the corrected value beside the counted one, or why it is withheld."""
    telling = Telling(spoken_language(), zone)
    return [
        f"{telling.title(each)}{telling.colon}{_value(each, telling)}"
        for each in desk.figures
        if each.raw.value is not None
    ]


def _value(of: Indicator, telling: Telling) -> str:
    raw = telling.value(of, of.raw.value)
    if of.guard is not None:
        return text("{raw} as counted; {why}", raw=raw, why=telling.withheld(of))
    if of.method == "none":
        return text("{raw}, no correction", raw=raw)
    bounds = telling.bounds(of.corrected.low, of.corrected.high, of=of)
    corrected = telling.value(of, of.corrected.value)
    return text("{corrected}, corrected (counted: {raw}; 95%: {bounds})", corrected=corrected, raw=raw, bounds=bounds)


def desk_sentences(desk: CertifiedDesk) -> list[str]:
    """Return how each day was counted, and what cannot be stated."""
    days = [f"{number(count)} {text(DAYS[standing])}" for standing, count in desk.days.items()]
    unseen = [text(AT_ONCE)] if desk.at_once else []
    return [text("Days: {days}.", days=semicolon().join(days)), *unseen, text(NOT_TRIED), text(NOT_DRAWN)]
