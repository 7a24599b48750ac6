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
from streams.watch.facts import (
    AboveConfigured,
    CallsAsked,
    CallsChecked,
    CasesBreak,
    Contradiction,
    CounterOff,
    Declared,
    Facts,
    FewCallsCame,
    HoursShifted,
    KeptSentences,
    LawBroken,
    LostRate,
    LostRateOfDays,
    NoCall,
    NoCallAtHours,
    NoCallOfSort,
    NoOutcomeOfDays,
    OfficeWithoutCalls,
    PartsExceedWhole,
    ReadingsMissing,
    ReadingsRepeat,
    RecordsDiffer,
    Rush,
    SilenceReason,
    WitnessSeen,
)
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
    "same moments": said("{breaks} of {cases} are opened and closed at one moment, or on one day"),
    "met one by one": said("{breaks} of {cases} are called or answered at one moment with many others"),
    "closed one by one": said("{breaks} of {cases} are closed at one moment with many others"),
    "rows once": said("{breaks} of {cases} repeat another row under another name"),
    "rows not repeated": said("{breaks} of {cases} came more than once; they count once"),
    "a number once": said("{breaks} of {cases} have a number that was given again on the same day"),
    "visits end": said("{breaks} of {cases} have no end"),
    "visitors are called": said("{breaks} of {cases} were never called"),
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
CONTRADICTIONS: Final[Mapping[Contradiction, Said]] = {
    "only there": said("{calls} calls that the second record alone has ({source})"),
    "only here": said("{calls} calls that the second record does not have ({source})"),
    "answered there": said("{calls} calls counted as lost, answered by the second record ({source})"),
    "told otherwise": said("{calls} calls of which the second record says something else ({source})"),
}
SILENCES: Final[Mapping[SilenceReason, Said]] = {
    "closed": said("all lines silent: closed, or the feed is down?"),
    "feed": said("all lines silent: exchange or feed down?"),
}
_LEAST: Final = 0.05  # the least divisor of a factor, so that no factor exceeds 20


def sentence(evidence: Evidence, language: Language) -> str:
    """Return the sentence of a piece of evidence, after the line or site that it is about."""
    text = Words(language)
    told = _sentence(evidence.facts, text)
    return f"{evidence.subject}{text.colon}{told}" if evidence.subject else told


def _sentence(facts: Facts, text: Words) -> str:  # noqa: C901, PLR0911, PLR0912 -- one case for each class
    match facts:
        case LostRate() | AboveConfigured() | LostRateOfDays():
            return _rate(facts, text)
        case NoOutcomeOfDays():
            return text(
                "since {day}, {rate} of calls were neither answered nor lost ({calls} of {offered}, {days} days), "
                "{usual} expected",
                day=_day(facts.since, text),
                rate=_percent(facts.calls / facts.offered, text, 2),
                calls=_number(facts.calls, text),
                offered=_number(facts.offered, text),
                days=facts.days,
                usual=_percent(facts.usual, text, 2),
            )
        case CallsAsked():
            return text("a person was asked about {calls} of the calls, and has not answered", calls=facts.calls)
        case CallsChecked():
            return _answers(facts, text)
        case WitnessSeen():
            return _witness(facts, text)
        case PartsExceedWhole():
            return f"{_parts(facts, text)}{text.colon}{_right_parts(facts, text)}"
        case LawBroken():
            return text(BREAKS[facts.law], breaks=facts.breaks, calls=facts.calls)
        case CasesBreak():
            return text(CASES[facts.law], breaks=facts.breaks, cases=facts.cases)
        case FewCallsCame():
            return text(
                "{came} calls came, where {expected:.0f} were expected", came=facts.came, expected=facts.expected
            )
        case NoCallAtHours():
            return text(
                GAPS_OF_DAY[facts.cause],
                first=_time(facts.first),
                end=_time(facts.end),
                day=_day(facts.day, text),
                expected=facts.expected,
            )
        case NoCallOfSort():
            return text(GAPS[facts.cause], day=_day(facts.day, text), expected=facts.expected)
        case HoursShifted():
            return text(SHIFTS[facts.hours], day=_day(facts.day, text))
        case NoCall():
            return text("no call, where {expected:.0f} were expected", expected=facts.expected)
        case OfficeWithoutCalls():
            return text(SILENCES[facts.why])
        case CounterOff():
            return text(
                COUNTER_FAULTS[facts.kind],
                day=_day(facts.day, text),
                hour=facts.hour,
                counter=COUNTERS[facts.total],
                by=f"{facts.by:+}",
                fall=-facts.by,
            )
        case ReadingsMissing():
            when = {"day": _day(facts.day, text), "hour": facts.hour}
            return text(
                "since {day}, {hour}:00, no reading covers {minutes} min", **when, minutes=facts.uncovered // 60_000
            )
        case ReadingsRepeat():
            return text(
                "{readings} readings in a row since {day} repeat those of {earlier} figure by figure",
                readings=facts.readings,
                day=_day(facts.day, text),
                earlier=_day(facts.earlier, text),
            )
        case RecordsDiffer():
            return text(CONTRADICTIONS[facts.cause], calls=facts.calls, source=facts.source)
        case Rush(times):
            return _rush(times, text) if times is not None else text("no number of calls is usual yet on such days")
        case Declared():
            by = text("declared by {by}", by=facts.by)
            return f"{by}{text.colon}{facts.note}" if facts.note else by
        case KeptSentences():
            return facts.french if text.language is Language.FR else facts.english
        case _:
            assert_never(facts)


def _answers(facts: CallsChecked, text: Words) -> str:
    counts = {"calls": facts.right + facts.wrong + facts.cannot_tell, "wrong": facts.wrong}
    if facts.lost:
        found = text("a person checked {calls} calls counted lost; counted wrongly: {wrong}", **counts)
    else:
        found = text("a person checked {calls} calls not counted lost; counted wrongly: {wrong}", **counts)
    if not facts.cannot_tell:
        return found
    return text("{found}, cannot tell: {unknown}", found=found, unknown=facts.cannot_tell)


def _rate(facts: LostRate | AboveConfigured | LostRateOfDays, text: Words) -> str:
    rate = _percent(facts.lost / facts.offered if facts.offered else 0.0, text, 2)
    match facts:
        case LostRate():
            return text(
                "{rate} of calls lost ({lost} of {offered}), {usual} expected",
                rate=rate,
                lost=facts.lost,
                offered=facts.offered,
                usual=_percent(facts.usual, text, 2),
            )
        case AboveConfigured():
            return text(
                "{rate} of calls lost, over {times:.0f} times the configured rate of {configured}",
                rate=rate,
                times=facts.times,
                configured=_percent(facts.configured, text, 2),
            )
        case LostRateOfDays():
            return text(
                "since {day}, {rate} of calls lost ({lost} of {offered}, {days} days), {usual} expected",
                day=_day(facts.since, text),
                days=facts.days,
                rate=rate,
                usual=_percent(facts.usual, text, 2),
                lost=_number(facts.lost, text),
                offered=_number(facts.offered, text),
            )


def _witness(facts: WitnessSeen, text: Words) -> str:  # noqa: PLR0911 -- one case for each check
    seen, usual = facts.seen, facts.usual
    shares = {"share": _percent(seen, text), "usual": _percent(usual, text)}
    match facts.check:
        case "wait law":
            return text(
                "mean wait for an answer {seen:.0f} s (usually {usual:.0f} s); such losses would take {real:.0f} s",
                seen=seen,
                usual=usual,
                real=facts.if_real,
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


def _parts(facts: PartsExceedWhole, text: Words) -> str:
    return text(
        "{answered} answered and {lost} lost of {offered} offered ({readings} readings)",
        answered=_number(facts.answered, text),
        lost=_number(facts.lost, text),
        offered=_number(facts.offered, text),
        readings=facts.readings,
    )


def _right_parts(facts: PartsExceedWhole, text: Words) -> str:
    answered, lost = facts.answered, facts.lost
    if facts.right is None:
        return text("no sum of two columns explains it: another definition?")
    shown = {"answered": _number(answered, text), "lost": _number(lost, text), "rate": _percent(facts.right, text, 2)}
    if facts.summed == "lost":
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
