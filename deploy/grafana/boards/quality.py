"""The board of the counting's quality: what is suspected, since when, and what was to be expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardLink

from agents.pages.withheld import REASONS
from deploy.grafana.colours import BLUE, DOUBT, ORANGE, REFERENCE, SKY, VERMILION
from deploy.grafana.curves import believed_lost, usual_lost
from deploy.grafana.frame import Panels, board, lines, site
from deploy.grafana.panels import bars, curves, levels, rows, states
from deploy.grafana.queries import LINE, came, grown, named, now
from deploy.grafana.shown import Shown
from deploy.grafana.words import (
    COUNT,
    COUNTING,
    FLOW,
    HOURS,
    KIND,
    MOMENT,
    RESULTS,
    SHARE,
    VERDICT,
    WITHHELD,
    YES,
)

INCIDENT: Final = (*LINE, "verdict", "kind")
SLOTS_AN_HOUR: Final = 4
BY_RESULT: Final = {
    result: (words, colour)
    for (result, words), colour in zip(RESULTS.items(), (SKY, BLUE, ORANGE, VERMILION), strict=True)
}

WITNESSED: Final = {
    "matched": "alike",
    "only_here": "not in the second",
    "only_there": "in the second alone",
    "contradicted": "told otherwise",
    "uncovered": "second silent",
}


def grown_in_range(result: str) -> str:
    """Return by how much the calls of a result of the second record grew in the time that is shown."""
    return grown("tocsin_witness_calls_total", *LINE, window="$__range", result=result)


def quality(pages: str) -> Dashboard:
    """Return the board."""
    return board(
        "tocsin-quality",
        "The quality of the counting",
        "Is it the line that is wrong, or its counting? The incidents, what was expected, and what was refused.",
        {
            "": _incidents(),
            "The raw rate and what was expected": _rates(),
            "Events and readings": _events(),
        },
        variables=[site(), lines(several=True)],
        pages=pages,
        since="now-7d",
        refresh="1m",
    )


def _incidents() -> Panels:
    keys = {"label": "Line", "verdict": "Verdict", "kind": "Kind", "line": "", "site": ""}
    words = {"verdict": VERDICT, "kind": KIND}
    evidence = DashboardLink(
        "The evidence, and how to decide", url="${pages}/incidents?line=${__data.fields.line}", target_blank=True
    )
    verdicts = (
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 2",
        f"{now('tocsin_overload', *LINE)} == 1",
        f"{now('tocsin_line_info', *LINE)} * 0",
    )
    return [
        rows(
            "Incidents going on",
            "What is suspected or real now, and since when. A click on the date opens the evidence, "
            "in Tocsin's pages, where a person confirms or dismisses an incident.",
            keys,
            [
                Shown(
                    named(f"{now('tocsin_incident_start_timestamp_seconds', *INCIDENT)} * 1000"),
                    "Since",
                    MOMENT,
                    link=evidence,
                ),
                Shown(_miscounts("tocsin_quarantine"), "Calls left out or recounted", mappings=YES),
                Shown(_miscounts("tocsin_miscount_confirmed"), "Confirmed", mappings=YES),
            ],
            size=(14, 8),
            unit=COUNT,
            empty="no known incident",
            words=words,
        ),
        levels(
            "In quarantine",
            "The opening hours that a miscount keeps out of the corrected value.",
            [Shown(named(f"{now('tocsin_quarantined_slots', *LINE)} / {SLOTS_AN_HOUR}"), "{{label}}", colour=DOUBT)],
            size=(10, 8),
            unit=HOURS,
        ),
        states(
            "What the watch says",
            "The state of each line over time. A real overload is a fact; a miscount stays a "
            "suspicion until a person has confirmed it.",
            [Shown(named(" or ".join(verdicts)), "{{label}}")],
            size=(12, 8),
            mappings=COUNTING,
        ),
        rows(
            "Incidents told since the beginning",
            "How many incidents were told, by verdict and kind; one that was judged anew counts in both.",
            keys,
            [Shown(named(now("tocsin_incidents_total", *INCIDENT)), "Incidents")],
            size=(12, 8),
            unit=COUNT,
            empty="no known incident",
            words=words,
        ),
        states(
            "Corrected value",
            "Whether the corrected rate of each line is published, and else why not: the raw value is suspect then.",
            [Shown(named(" + ".join(_withheld())), "{{label}}")],
            size=(14, 6),
            mappings=WITHHELD,
        ),
        levels(
            "Counted and taken back",
            "Calls whose outcome changed after Prometheus had seen it: by so many its counters, which never fall, are "
            "above the annual report.",
            [Shown(named(f"sum without (outcome) ({now('tocsin_calls_overcounted', *LINE, 'outcome')})"), "{{label}}")],
            size=(10, 6),
            unit=COUNT,
        ),
    ]


def _withheld() -> Iterator[str]:
    """Yield each reason why figures are withheld, as its number where it holds, else 0."""
    for code, reason in enumerate(REASONS, 1):
        yield f"{now('tocsin_figure_withheld', *LINE, reason=reason)} * {code}"


def _miscounts(metric: str) -> str:
    """Return what is so of each kind of miscount that goes on: 0 or 1."""
    going_on = now("tocsin_incident_start_timestamp_seconds", *INCIDENT, verdict="miscount")
    return named(f"{going_on} * 0 + on (site, line, kind) group_left () {now(metric, *LINE, 'kind')}")


def _rates() -> Panels:
    return [
        curves(
            "$line",
            "The lost-call rate as counted, dashed while the counting is suspected; the corrected "
            "rate, where it is known which one to believe; behind them, what is usual at this hour of"
            " the week; and the target.",
            [
                *usual_lost(),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1h"), "raw, over 1 h", colour=SKY),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1d"), "raw, over 1 d", colour=ORANGE),
                *believed_lost(),
                Shown(now("tocsin_lost_call_ratio_target", *LINE), "target", colour=REFERENCE, line="dotted"),
            ],
            size=(24, 8),
            unit=SHARE,
        )
        .repeat("line")
        .max_per_row(2)
    ]


def _events() -> Panels:
    def became(result: str) -> Shown:
        grown = came("topic", window="$__range:$__interval", where=f'result="{result}"')
        return Shown(grown, RESULTS[result].capitalize())

    return [
        rows(
            "Events, by flow",
            "What became of the events that came in during the time shown: taken, known already, come"
            " late, or refused to the dead letters.",
            {"topic": "Flow"},
            [became(result) for result in RESULTS],
            size=(12, 8),
            unit=COUNT,
            words={"topic": FLOW},
        ),
        bars(
            "Readings of the counting software",
            "The readings that came in: without them nobody contradicts the events.",
            [Shown(came("result", where='topic=~".*line-readings"'), "{{result}}")],
            size=(12, 8),
            unit=COUNT,
            names=BY_RESULT,
        ),
        rows(
            "Second record of the calls",
            "For the lines that have one: the calls that both records tell alike, those that one "
            "alone knows, those that they tell otherwise, and those during which the second was "
            "silent. Then, now: the calls that the incidents going on dispute, and those of the line "
            "since the second has been silent.",
            {"label": "Line", "line": "", "site": ""},
            [
                *(Shown(named(grown_in_range(result)), words) for result, words in WITNESSED.items()),
                Shown(named(now("tocsin_witness_disputed_calls", *LINE)), "disputed"),
                Shown(named(now("tocsin_witness_unheard_calls", *LINE)), "since it is silent"),
            ],
            size=(24, 6),
            unit=COUNT,
        ),
    ]
