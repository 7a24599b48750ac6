"""Evidence as a sentence in a language: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, assert_never

from agents.language import THIN, Language
from agents.translation import Words
from agents.writing import Writing
from streams.checks.readings import CounterKind, TotalName
from streams.said import Said, said
from streams.watch import facts
from streams.watch.incident import Evidence

BREAKS: Final[Mapping[str, Said]] = {
    "copied rows": said("{breaks} of {calls} repeat another call, row for row"),
    "one call at a time": said("{breaks} of {calls} are lost while the same caller is in another call already"),
    "no redialling machine": said("{breaks} of {calls} are lost again, of the same caller, within half a minute"),
    "no talk in a lost call": said("{breaks} of {calls} are counted lost, though a conversation is on record"),
    "nobody at no time": said("{breaks} of {calls} are lost without a wait and without a caller"),
    "every call ends": said("{breaks} of {calls} have no outcome an hour later"),
    "waits as timed": said("{breaks} of {calls} have a wait that contradicts their own moments"),
    "an agent answers": said("{breaks} of {calls} are answered without an agent, with a talk as brief as a machine's"),
    "closed hours": said("{breaks} of {calls} are lost while the office is closed"),
    "on time": said("{breaks} of {calls} are dated before what had been said already"),
    "possible waits": said("{breaks} of {calls} are lost after an impossible wait"),
}
CASES: Final[Mapping[str, Said]] = {
    "waits divided by 60": said("{cases} waits are as usual once they are multiplied by 60"),
    "waits times 60": said("{cases} waits are as usual once they are divided by 60"),
    "waits divided by 1000": said("{cases} waits are as usual once they are multiplied by 1000"),
    "waits turned round": said("{cases} waits are negative, and as usual once their two moments are swapped"),
    "waits an hour early": said("{cases} waits are negative, and as usual once an hour is added"),
    "times divided by 60": said("{cases} times in service are as usual once they are multiplied by 60"),
    "times times 60": said("{cases} times in service are as usual once they are divided by 60"),
    "columns swapped": said("{cases} waits look like times in service, and the times like waits"),
    "order of moments": said("{breaks} of {cases} are called, answered or closed before they began"),
    "waits of zero": said("{breaks} of {cases} have a wait of 0, which the other visits contradict"),
    "same moments": said("{breaks} of {cases} are opened and closed at one moment"),
    "issued at any minute": said("{breaks} of {cases} are issued on a whole quarter of an hour; usually few are"),
    "waits without a limit": said("{breaks} of the {cases} longest waits have the same length; nearly none is longer"),
    "met one by one": said("{breaks} of {cases} are called or answered at one moment with many others"),
    "closed one by one": said("{breaks} of {cases} are closed at one moment with many others"),
    "rows once": said("{breaks} of {cases} repeat another row under another name"),
    "rows not repeated": said("{breaks} of {cases} came more than once; they count once"),
    "a number once": said("{breaks} of {cases} have a number that was given again on the same day"),
    "visits end": said("{breaks} of {cases} have no end"),
    "visitors are called": said("{breaks} of {cases} were never called"),
    "some answered later": said(
        "{breaks} of {cases} were answered on the day of receipt: quicker than usual, or closed to look so?"
    ),
    "visitors come": said("{breaks} of {cases} did not come when called, on the latest day: another share than usual"),
    "closed days": said("{breaks} of {cases} are dated on days on which the office is closed"),
    "numbers missing": said("{breaks} numbers are missing beside {cases} that are there"),
    "no cases": said("none came in opening hours, where {cases} were expected: closed, or not recorded?"),
    "no answers": said("no request answered, where {cases} answers were expected: late, or not recorded?"),
    "people add up": said("{breaks} people were served, but only {cases} were there"),
    "people served": said("{breaks} of {cases} people were not served, did not leave, and do not wait"),
    "mean within limits": said("the mean wait, {breaks} s, contradicts the numbers answered within each limit"),
    "queue and waits": said("the mean wait is {breaks} s, but such a queue makes it {cases} s"),
    "usual waits": said("the mean wait, {breaks} s, is as usual in another unit, or 0 and unknown"),
    "waits reported": said("no mean wait for {cases} people"),
    "days reported": said("no reading of an open day"),
    "a day once": said("{cases} people: every figure repeats the day before"),
    "hours shifted": said("{cases} began at hours that are usual only if the clock is wrong"),
}
GAPS: Final[Mapping[str, Said]] = {
    "no losses": said("no call lost since {day}, where {expected:.0f} were expected"),
    "no short losses": said("no call lost within 10 s since {day}, where {expected:.0f} were expected"),
    "no diverted": said("no call diverted since {day}, where {expected:.0f} were expected"),
}
GAPS_OF_DAY: Final[Mapping[str, Said]] = {
    "no calls at hours": said("no call between {first} and {end} since {day}, where {expected:.0f} were expected"),
    "no losses at hours": said("no loss between {first} and {end} since {day}, where {expected:.0f} were expected"),
}
SHIFTS: Final[Mapping[int, Said]] = {
    -2: said("since {day}, calls come as if the clock were two hours behind"),
    -1: said("since {day}, calls come as if the clock were an hour behind"),
    1: said("since {day}, calls come as if the clock were an hour ahead"),
    2: said("since {day}, calls come as if the clock were two hours ahead"),
}
COUNTERS: Final[Mapping[TotalName, Said]] = {
    "offered": said("the counter of calls offered"),
    "answered": said("the counter of calls answered"),
    "lost": said("the counter of calls lost"),
}
COUNTER_FAULTS: Final[Mapping[CounterKind, Said]] = {
    "reset": said("since {day}, {hour}:00, {counter} fell by {fall}"),
    "stuck": said("since {day}, {hour}:00, {counter} stands still, {by} from the events"),
    "missing": said("since {day}, {hour}:00, {counter} grew by {by} without any event"),
    "mismatch": said("since {day}, {hour}:00, {counter} is {by} from the events"),
}
CONTRADICTIONS: Final[Mapping[facts.Contradiction, Said]] = {
    "only there": said("{calls} calls that the second record alone has ({source})"),
    "only here": said("{calls} calls that the second record does not have ({source})"),
    "answered there": said("{calls} calls counted as lost, answered by the second record ({source})"),
    "told otherwise": said("{calls} calls of which the second record says something else ({source})"),
}
SILENCES: Final[Mapping[facts.SilenceReason, Said]] = {
    "closed": said("all lines silent: closed, or the feed is down?"),
    "feed": said("all lines silent: exchange or feed down?"),
}
_LEAST: Final = 0.05  # the least divisor of a factor, so that no factor exceeds 20


def sentence(evidence: Evidence, language: Language) -> str:
    """Return the sentence of a piece of evidence, after the line or site that it is about."""
    text = Words(language)
    told = _sentence(evidence.facts, text)
    return f"{evidence.subject}{text.colon}{told}" if evidence.subject else told


def _sentence(fact: facts.Facts, text: Words) -> str:  # noqa: C901, PLR0911, PLR0912 -- one case for each class
    match fact:
        case facts.LostRate() | facts.AboveConfigured() | facts.LostRateOfDays():
            return _rate(fact, text)
        case facts.NoOutcomeOfDays():
            return text(
                "since {day}, {rate} of calls were neither answered nor lost ({calls} of {offered}, {days} days), "
                "{usual} expected",
                day=_day(fact.since, text),
                rate=_percent(fact.calls / fact.offered, text, 2),
                calls=_number(fact.calls, text),
                offered=_number(fact.offered, text),
                days=fact.days,
                usual=_percent(fact.usual, text, 2),
            )
        case facts.CallsAsked():
            return text("a person was asked about {calls} of the calls, and has not answered", calls=fact.calls)
        case facts.CallsChecked():
            return _answers(fact, text)
        case facts.WitnessSeen():
            return _witness(fact, text)
        case facts.PartsExceedWhole():
            return f"{_parts(fact, text)}{text.colon}{_right_parts(fact, text)}"
        case facts.LawBroken():
            return text(BREAKS[fact.law], breaks=fact.breaks, calls=fact.calls)
        case facts.CasesBreak():
            return text(CASES[fact.law], breaks=fact.breaks, cases=fact.cases)
        case facts.FewCallsCame():
            return text("{came} calls came, where {expected:.0f} were expected", came=fact.came, expected=fact.expected)
        case facts.NoCallAtHours():
            return text(
                GAPS_OF_DAY[fact.cause],
                first=_time(fact.first),
                end=_time(fact.end),
                day=_day(fact.day, text),
                expected=fact.expected,
            )
        case facts.NoCallOfSort():
            return text(GAPS[fact.cause], day=_day(fact.day, text), expected=fact.expected)
        case facts.HoursShifted():
            return text(SHIFTS[fact.hours], day=_day(fact.day, text))
        case facts.NoCall():
            return text("no call, where {expected:.0f} were expected", expected=fact.expected)
        case facts.OfficeWithoutCalls():
            return text(SILENCES[fact.why])
        case facts.CounterOff():
            return text(
                COUNTER_FAULTS[fact.kind],
                day=_day(fact.day, text),
                hour=fact.hour,
                counter=COUNTERS[fact.total],
                by=str(fact.by) if fact.kind == "missing" else f"{fact.by:+}",  # it grew, so no sign is needed
                fall=-fact.by,
            )
        case facts.ReadingsMissing():
            when = {"day": _day(fact.day, text), "hour": fact.hour}
            return text(
                "since {day}, {hour}:00, no reading covers {minutes} min", **when, minutes=fact.uncovered // 60_000
            )
        case facts.ReadingsRepeat():
            return text(
                "{readings} readings in a row since {day} repeat those of {earlier} figure by figure",
                readings=fact.readings,
                day=_day(fact.day, text),
                earlier=_day(fact.earlier, text),
            )
        case facts.RecordsDiffer():
            return text(CONTRADICTIONS[fact.cause], calls=fact.calls, source=fact.source)
        case facts.Rush(times):
            return _rush(times, text) if times is not None else text("no number of calls is usual yet on such days")
        case facts.Declared():
            by = text("declared by {by}", by=fact.by)
            return f"{by}{text.colon}{fact.note}" if fact.note else by
        case facts.KeptSentences():
            return fact.french if text.language is Language.FR else fact.english
        case _:
            assert_never(fact)


def _answers(fact: facts.CallsChecked, text: Words) -> str:
    counts = {"calls": fact.right + fact.wrong + fact.cannot_tell, "wrong": fact.wrong}
    if fact.lost:
        found = text("a person checked {calls} calls counted lost; counted wrongly: {wrong}", **counts)
    else:
        found = text("a person checked {calls} calls not counted lost; counted wrongly: {wrong}", **counts)
    if not fact.cannot_tell:
        return found
    return text("{found}, cannot tell: {unknown}", found=found, unknown=fact.cannot_tell)


def _rate(fact: facts.LostRate | facts.AboveConfigured | facts.LostRateOfDays, text: Words) -> str:
    rate = _percent(fact.lost / fact.offered if fact.offered else 0.0, text, 2)
    match fact:
        case facts.LostRate():
            return text(
                "{rate} of calls lost ({lost} of {offered}), {usual} expected",
                rate=rate,
                lost=fact.lost,
                offered=fact.offered,
                usual=_percent(fact.usual, text, 2),
            )
        case facts.AboveConfigured():
            return text(
                "{rate} of calls lost, over {times:.0f} times the configured rate of {configured}",
                rate=rate,
                times=fact.times,
                configured=_percent(fact.configured, text, 2),
            )
        case facts.LostRateOfDays():
            return text(
                "since {day}, {rate} of calls lost ({lost} of {offered}, {days} days), {usual} expected",
                day=_day(fact.since, text),
                days=fact.days,
                rate=rate,
                usual=_percent(fact.usual, text, 2),
                lost=_number(fact.lost, text),
                offered=_number(fact.offered, text),
            )


def _witness(fact: facts.WitnessSeen, text: Words) -> str:  # noqa: PLR0911 -- one case for each check
    seen, usual = fact.seen, fact.usual
    shares = {"share": _percent(seen, text), "usual": _percent(usual, text)}
    match fact.check:
        case "wait law":
            return text(
                "mean wait for an answer {seen:.0f} s (usually {usual:.0f} s); such losses would take {real:.0f} s",
                seen=seen,
                usual=usual,
                real=fact.if_real,
            )
        case "waits of the lost":
            return text("the lost had waited {seen:.0f} s; usually {usual:.0f} s", seen=seen, usual=usual)
        case "call-backs":
            return text("{share} of the lost call again within half an hour; usually {usual}", **shares)
        case "lost at once":
            return text("{share} of the lost calls never waited; usually {usual}", **shares)
        case "arrivals":
            return _rush(seen, text)
        case "refused":
            return text(
                "the switch says that it refused {share} of the lost calls, for want of a line or an agent",
                share=_percent(seen, text),
            )
        case "bursts" if seen < 1:
            times = _number(1 / max(seen, _LEAST), text, 1)
            return text("from hour to hour, losses vary {times} times less than by chance", times=times)
        case "bursts":
            times = _number(seen, text, 1)
            return text("from hour to hour, losses vary {times} times as much as by chance", times=times)
        case "talk":
            return text("mean conversation {seen:.0f} s; usually {usual:.0f} s", seen=seen, usual=usual)


def _rush(times: float, text: Words) -> str:
    return text(
        "{times} times as many calls as expected, the losses beyond the usual left out", times=_number(times, text, 2)
    )


def _parts(fact: facts.PartsExceedWhole, text: Words) -> str:
    return text(
        "{answered} answered and {lost} lost of {offered} offered ({readings} readings)",
        answered=_number(fact.answered, text),
        lost=_number(fact.lost, text),
        offered=_number(fact.offered, text),
        readings=fact.readings,
    )


def _right_parts(fact: facts.PartsExceedWhole, text: Words) -> str:
    answered, lost = fact.answered, fact.lost
    if fact.right is None:
        return text("no sum of two columns explains it: another definition?")
    shown = {"answered": _number(answered, text), "lost": _number(lost, text), "rate": _percent(fact.right, text, 2)}
    if fact.summed == "lost":
        return text(
            "the column taken for lost is the sum of answered and lost: "
            "{lost} - {answered} = {difference} lost, which is {rate}",
            **shown,
            difference=_number(lost - answered, text),
        )
    return text(
        "the column taken for answered is the sum of answered and lost: "
        "{answered} - {lost} = {difference} answered, which is {rate} lost; "
        "or the column taken for offered holds the answered alone: {other}",
        **shown,
        difference=_number(answered - lost, text),
        other=_percent(lost / (answered + lost), text, 2),
    )


def _day(ordinal: int, text: Words) -> str:
    return Writing(text.language).day(date.fromordinal(ordinal))


def _percent(share: float, text: Words, digits: int = 0) -> str:
    if text.language is Language.EN:
        return f"{share:.{digits}%}"
    return f"{_number(share * 100, text, digits)}{THIN}%"


def _number(value: float, text: Words, digits: int = 0) -> str:
    # `Writing.number` rounds ties differently: its last digit would differ from records of earlier versions.
    written = f"{value:,.{digits}f}"
    return written if text.language is Language.EN else written.replace(",", THIN).replace(".", ",")


def _time(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
