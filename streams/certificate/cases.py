"""How each day of a counter or a register was counted, and on which open days its laws could judge.

The ledger keeps the waits of a day and the delays of its requests, not each ticket and request. So no fault can be put
into these days, and a smallest detectable fault cannot be stated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from streams.certificate.coverage import Absence, Check, CheckedShare
from streams.figures.mean import DayMean
from streams.indicators.cases import known_from
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import ChannelDay, ServiceDay

DayStanding: TypeAlias = Literal["sound", "recounted", "left out", "in doubt", "no cases", "not counted"]
STANDINGS: Final[Sequence[DayStanding]] = ("sound", "recounted", "left out", "in doubt", "no cases", "not counted")
CaseDay: TypeAlias = ServiceDay | ChannelDay


def day_standings(
    means: Sequence[Mapping[str, DayMean]], period: Period, opened: Opened, counted: Period | None
) -> dict[DayStanding, int]:
    """Return how many days of a period were counted in which way: every open day, and every closed one with cases.

    Each of `means` has one kind of the desk's values by day. `counted` spans the days in the ledger.
    """
    known = {day for values in means for day in values}
    found = Counter[DayStanding]()
    for day in period.days():
        name = day.isoformat()
        if name in known:
            found[_standing([values[name] for values in means if name in values])] += 1
        elif opened(day):
            found["no cases" if counted is not None and counted.first <= day <= counted.last else "not counted"] += 1
    return {standing: found[standing] for standing in STANDINGS if found[standing]}


def _standing(means: Collection[DayMean]) -> DayStanding:
    if any(each.believed is None for each in means):
        return "left out"
    if any(each.doubted for each in means):
        return "in doubt"
    return "sound" if all(each.believed == each.raw for each in means) else "recounted"


def case_checks(
    days: Sequence[CaseDay], means: Mapping[str, DayMean], period: Period, opened: Opened, counted: Period | None
) -> list[CheckedShare]:
    """Return on how many open days of a period each group of laws could judge a desk.

    `days` are the desk's, and begin before the period if possible; `means` has their values as counted and believed.
    """
    own = {each.day: each for each in days if _cases(each)}
    sound = [each for each in days if (mean := means.get(each.day)) and mean.believed == mean.raw and not mean.doubted]
    known = known_from(sorted(sound, key=lambda each: each.day))
    whole = [day for day in period.days() if opened(day)]

    def share(check: Check, why: Callable[[str], Absence | None]) -> CheckedShare:
        silent = Counter[Absence]()
        for day in whole:
            inside = counted is not None and counted.first <= day <= counted.last
            reason = why(day.isoformat()) if inside else "not counted"
            if reason is not None:
                silent[reason] += 1
        return CheckedShare(check, "days", len(whole), len(whole) - silent.total(), dict(silent))

    def learnt(day: str) -> Absence | None:
        return None if known is not None and day > known else "learning"

    def seen(day: str) -> Absence | None:
        return None if day in own else "no cases"

    def valued(of: Callable[[CaseDay], int]) -> Callable[[str], Absence | None]:
        return lambda day: seen(day) or (None if of(own[day]) else "no values") or learnt(day)

    values: list[CheckedShare] = [share("values", valued(_values))]
    if any(isinstance(each, ServiceDay) for each in days):
        values.append(
            share("visits", valued(lambda day: day.times_in_service.count if isinstance(day, ServiceDay) else 0))
        )
    return [share("moments", seen), *values, share("absence", learnt)]


def _cases(day: CaseDay) -> int:
    if isinstance(day, ServiceDay):
        return sum(each.issued for each in day.slots.values())
    return sum(each.received for each in day.slots.values())


def _values(day: CaseDay) -> int:
    if isinstance(day, ServiceDay):
        return day.waits.count
    return sum(each.answered for each in day.slots.values())
