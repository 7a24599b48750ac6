"""What a person should look at in an analysis: incidents, withheld figures, refused rows, signs of a wrong record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from agents.analysis import words
from agents.analysis.fold import Analysis
from agents.analysis.questions import unanswered
from agents.analysis.report import Report, alone
from agents.analysis.written import number, span
from agents.handbook import page
from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.incident_words import says, what
from agents.pages.sentences import apart
from agents.pages.sums import told
from agents.pages.withheld import REASONS
from agents.pages.words import UNANSWERED
from agents.sources.aside import TROUBLE, sentences
from agents.translation import Words, counted, labelled, semicolon, spoken_language, text
from streams.indicators.configured import DAY, is_apart
from streams.questions.question import SAMPLES

SHOWN: Final = 5  # incidents, and causes of refusal
ENOUGH: Final = 50  # answered calls, to notice that a machine answers
AT_ONCE: Final = 2.0  # seconds: hardly any agent is so quick for nearly every caller
MANY_AGAIN: Final = 0.01  # share of the calls with an id that an earlier call had
MOST: Final = 0.5  # share of the rows, to notice that they belong to no line


def to_check(analysis: Analysis, shown: Report, incidents: Sequence[IncidentJson]) -> Iterator[str]:
    """Yield a sentence for each thing, the most important first."""
    yield from _incidents([each for each in incidents if each["status"] in {"open", "closed"}])
    yield from told(shown.sums, spoken_language())
    yield from _unanswered(analysis)
    yield from _withheld(shown)
    yield from _apart(analysis)
    yield from _refused(analysis, shown)
    yield from _record(analysis, shown)
    yield from _not_checked(analysis)


def _incidents(undecided: Sequence[IncidentJson]) -> Iterator[str]:
    """Yield the longest incidents in the order of time, several lines at once as one, and the number of others."""
    alike = defaultdict[tuple[Any, ...], list[IncidentJson]](list)
    for each in undecided:
        alike[*map(datetime.fromisoformat, (each["from"], each["to"])), each["verdict"], each["kind"]].append(each)
    longest = sorted(alike, key=lambda key: key[1] - key[0], reverse=True)[:SHOWN]
    for key, incidents in alike.items():
        if key in longest:
            start, end, *_ = key
            names = _some([desk_in(each).name for each in incidents])
            told_of = text("{line}, {when}: {what}", line=names, when=span(start, end), what=what(incidents[0]))
            yield semicolon().join([told_of, *map(says, incidents[0]["evidence"][:1])])
    more = len(undecided) - sum(len(alike[key]) for key in longest)
    if more:
        yield counted("{count} more incident", "{count} more incidents", more)


def _some(names: Sequence[str]) -> str:
    """Return names, the first few if they are many."""
    if len(names) <= SHOWN:
        return ", ".join(names)
    return text("{names} and {count} more", names=", ".join(names[:SHOWN]), count=len(names) - SHOWN)


def _unanswered(analysis: Analysis) -> Iterator[str]:
    """Yield the unanswered doubts, and how to answer them; then the lines of which nobody knows the usual rate."""
    asked = unanswered(analysis.lines, ZoneInfo(analysis.settings.timezone))
    doubts = {name: each for name, each in asked.items() if each.asked.about not in SAMPLES}
    for name, each in doubts.items():
        calls = ", ".join(one.call for one in each.left)
        yield text(
            "{line}: {state}: were the calls {calls} counted rightly? Give the answers with --answers FILE",
            line=name,
            state=UNANSWERED,
            calls=calls,
        )
    if unknown := [name for name in asked if name not in doubts]:
        yield text(
            "{lines}: nobody has said which lost rate is usual: configure expected_lost_rate, or check the calls in "
            "`samples` of --json (--answers FILE)",
            lines=_some(unknown),
        )


def _apart(analysis: Analysis) -> Iterator[str]:
    """Yield the lines whose counted rate surely is not the configured one."""
    for name, line in analysis.lines.items():
        raw, configured = line.figures.counts(), line.rules.expected
        if configured is not None and is_apart(raw.lost, raw.offered, line.state.watch.opened / DAY, configured):
            yield labelled(name, apart(raw, configured, Words(spoken_language())))


def _withheld(shown: Report) -> Iterator[str]:
    lines = defaultdict[str, list[str]](list)
    for name, line in shown.lines.items():
        if line.raw.offered and line.corrected.guard is not None:
            lines[line.corrected.guard].append(name)
    unknown = text(
        "nothing shows yet which rate is usual; give several weeks of calls, or a configuration with "
        "expected_lost_rate (`tocsin init FILE` proposes one)"
    )
    for reason, names in lines.items():
        why = unknown if reason == text(REASONS["no baseline"]) else reason
        yield text("rate withheld for {lines}: {why}", lines=_some(names), why=why)


def _refused(analysis: Analysis, shown: Report) -> Iterator[str]:
    for reason, count in analysis.refusals.counts.most_common(SHOWN):
        first = analysis.refusals.first[reason][0]
        yield text(
            "{count} of {read} rows refused, the first is row {row}: {detail}",
            count=number(count),
            read=number(shown.rows.read),
            row=first.row,
            detail=first.why.says,
        )
    others = len(analysis.refusals.counts) - SHOWN
    if others > 0:
        yield counted("rows refused for {count} other reason", "rows refused for {count} other reasons", others)


def _record(analysis: Analysis, shown: Report) -> Iterator[str]:
    """Yield the signs that the record, or the way in which it is read, is wrong."""
    rows, aside = shown.rows, analysis.aside
    if aside["other-number"] > MOST * rows.read:
        yield text(
            "{count} of {read} rows are calls to numbers of no line; `tocsin init FILE` proposes lines for the numbers "
            "dialled most",
            count=number(aside["other-number"]),
            read=number(rows.read),
        )
    if rows.ids_seen_again > MANY_AGAIN * rows.calls:
        yield text(
            "{count} of {calls} calls have an id that an earlier call had; see {page}",
            count=number(rows.ids_seen_again),
            calls=number(rows.calls),
            page=page("what-counts.md"),
        )
    for name, line in shown.lines.items():
        longest = line.wait.answered.p90
        if (line.raw.answered or 0) >= ENOUGH and longest is not None and longest < AT_ONCE:
            yield text(
                "{line}: nine in ten answers came within {seconds} s of the call: a machine may answer before the "
                "agents; see {page}",
                line=name,
                seconds=number(AT_ONCE),
                page=page("what-counts.md#what-answers-without-being-a-person"),
            )
    yield from sentences(Counter({name: count for name, count in aside.items() if name in TROUBLE}))
    odd = {name: each.anomalies for name, each in alone(shown.services).items()}
    odd |= {name: each.anomalies for name, each in alone(shown.requests).items()}
    for name, anomalies in odd.items():
        for anomaly, count in anomalies.items():
            yield labelled(name, f"{count} x {text(words.ANOMALIES[anomaly])}")
    for name, channel in alone(shown.requests).items():
        if channel.forgotten:
            again = text("dropped from memory, so that a repeated event counts again")
            yield labelled(name, f"{channel.forgotten} x {again}")


def _not_checked(analysis: Analysis) -> Iterator[str]:
    """Yield the gaps in the sources' numbers, and the events that were not checked."""
    for name, line in analysis.lines.items():
        watch = line.state.watch
        for odd, count in ((text("calls not checked"), watch.missed), (text("reviews not applied"), watch.unapplied)):
            if count:
                yield labelled(name, f"{count} x {odd}")
    for name, source in analysis.sources.items():
        if source.missing or source.fallen:
            yield text(
                "{source}: missing events, by its sequence numbers: {missing}; clock set back by more than an "
                "hour, times: {fallen}",
                source=name,
                missing=source.missing,
                fallen=source.fallen,
            )
    if analysis.unwatched:
        yield text(
            "{count} events of further sources, after the first {sources}; their sequence numbers and clocks "
            "are not checked",
            count=analysis.unwatched,
            sources=len(analysis.sources),
        )
    if analysis.unadopted:
        yield text(
            "{count} rows of further queues, after the first {queues}, are refused; name the lines to count, "
            "with their queues, in a --config file",
            count=analysis.unadopted,
            queues=analysis.adopted,
        )
