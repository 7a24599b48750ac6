"""The board of the counting's quality: current suspicions, and expected figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardLink

from agents.pages.withheld import REASONS
from deploy.grafana.colours import BLUE, DOUBT, ORANGE, REFERENCE, SKY, VERMILION
from deploy.grafana.frame import Panels, board, lines, site
from deploy.grafana.panels import bars, curves, levels, rows, states
from deploy.grafana.queries import LINE, believed_lost, came, grown, named, now, usual_lost
from deploy.grafana.shown import Shown
from deploy.grafana.words import COUNTING, FLOW, HOURS, KIND, MOMENT, RESULTS, SHARE, VERDICT, WITHHELD, YES

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
    "contradicted": "contradictory",
    "uncovered": "second silent",
}


def grown_in_range(result: str) -> str:
    """Return by how much the count of one result of the second record grew in the displayed time."""
    return grown("tocsin_witness_calls_total", *LINE, window="$__range", result=result)


def quality(pages: str) -> Dashboard:
    return board(
        "tocsin-quality",
        "The quality of the counting",
        "Is the line in trouble, or only its counting? Incidents, expected figures, and refused events.",
        {
            "": _incidents(),
            "The raw rate and the expected one": _rates(),
            "Events and readings": _events(),
        },
        variables=[site(), lines(several=True)],
        pages=pages,
        since="now-7d",
        refresh="1m",
    )


def _incidents() -> Panels:
    keys = {"label": "Line", "verdict": "Verdict", "kind": "Kind", "line": "", "site": "", "of": ""}
    words = {"verdict": VERDICT, "kind": KIND}
    decision = "/incidents/now?site=${__data.fields.site}&line=${__data.fields.line}&kind=${__data.fields.of}"
    evidence = DashboardLink("The evidence, and how to decide", url=f"${{pages}}{decision}", target_blank=True)
    detail = DashboardLink(
        "The line in detail",
        url="/d/tocsin-line?var-site=${__data.fields.site}&var-line=${__data.fields.line}&${__url_time_range}",
    )
    verdicts = (
        f"({now('tocsin_miscount_suspected', *LINE)} == 1) * 2",
        f"{now('tocsin_overload', *LINE)} == 1",
        f"{now('tocsin_line_info', *LINE)} * on (site) group_left () {now('tocsin_site_open', 'site')} - 1",
    )
    return [
        rows(
            "Incidents going on",
            "Suspected miscounts and real overloads now, and since when. Click on the date to see the evidence in "
            "Tocsin's pages, and to confirm or dismiss the incident.",
            keys,
            [
                Shown(
                    _of_kind(f"{now('tocsin_incident_start_timestamp_seconds', *INCIDENT)} * 1000"),
                    "Since",
                    MOMENT,
                    link=evidence,
                ),
                Shown(_miscounts("tocsin_quarantine"), "Calls corrected", mappings=YES),
                Shown(_miscounts("tocsin_miscount_confirmed"), "Confirmed", mappings=YES),
            ],
            size=(24, 7),
            empty="no known incident",
            words=words,
            links={"label": detail},
        ),
        levels(
            "In quarantine",
            "The opening hours that a miscount keeps out of the corrected value.",
            [Shown(named(f"{now('tocsin_quarantined_slots', *LINE)} / {SLOTS_AN_HOUR}"), "{{label}}", colour=DOUBT)],
            size=(12, 8),
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
            "Incidents reported since the beginning",
            "The number of reported incidents, by verdict and kind. If its verdict or kind changed, an incident "
            "counts under both.",
            keys,
            [Shown(_of_kind(now("tocsin_incidents_total", *INCIDENT)), "Incidents")],
            size=(24, 8),
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
            "Calls whose outcome changed after Prometheus had read it. Its counters never fall, so they exceed "
            "the annual report by this number.",
            [Shown(named(f"sum without (outcome) ({now('tocsin_calls_overcounted', *LINE, 'outcome')})"), "{{label}}")],
            size=(10, 6),
        ),
    ]


def _withheld() -> Iterator[str]:
    """Yield a query for each reason to withhold figures: the reason's number if it applies, otherwise 0."""
    for code, reason in enumerate(REASONS, 1):
        yield f"{now('tocsin_figure_withheld', *LINE, reason=reason)} * {code}"


def _of_kind(expression: str) -> str:
    """Return incidents with the line's name, and the kind again as `of`: a link would have the words for `kind`."""
    return f'label_replace({named(expression)}, "of", "$1", "kind", "(.*)")'


def _miscounts(metric: str) -> str:
    """Return whether each kind of miscount is present: 0 or 1."""
    going_on = now("tocsin_incident_start_timestamp_seconds", *INCIDENT, verdict="miscount")
    return _of_kind(f"{going_on} * 0 + on (site, line, kind) group_left () {now(metric, *LINE, 'kind')}")


def _rates() -> Panels:
    return [
        curves(
            "$line",
            "The counted lost-call rate, dashed while a miscount is suspected; the corrected rate, if it is "
            "available; behind them, the usual rate at this hour of the week; and the target.",
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
            "Results of the events that came in during the time shown: accepted, already known, late, or "
            "rejected to the dead letters.",
            {"topic": "Flow"},
            [became(result) for result in RESULTS],
            size=(12, 8),
            words={"topic": FLOW},
        ),
        bars(
            "Readings of the counting software",
            "Readings received. Without readings, nothing can contradict the events.",
            [Shown(came("result", where='topic=~".*line-readings"'), "{{result}}")],
            size=(12, 8),
            names=BY_RESULT,
        ),
        rows(
            "Second record of the calls",
            "For lines with a second record: calls on which both records agree, calls in one record only, "
            "contradictory calls, and calls during a silence of the second record. Then, right now: the calls "
            "that current incidents dispute, and the line's calls since the second record fell silent.",
            {"label": "Line", "line": "", "site": ""},
            [
                *(Shown(named(grown_in_range(result)), words) for result, words in WITNESSED.items()),
                Shown(named(now("tocsin_witness_disputed_calls", *LINE)), "disputed"),
                Shown(named(now("tocsin_witness_unheard_calls", *LINE)), "since it is silent"),
            ],
            size=(24, 6),
        ),
    ]
