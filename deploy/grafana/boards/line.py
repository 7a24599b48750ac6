"""The board of one line: its calls, their outcomes and waits, its agents, and the year's budget."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.budget import budget_of_line
from deploy.grafana.colours import BLUE, GREEN, GREY, ORANGE, REFERENCE, SKY, VERMILION, WINE
from deploy.grafana.frame import Panels, board, lines, site, year
from deploy.grafana.panels import bars, curves, spread
from deploy.grafana.queries import LINE, believed_lost, grown, now, usual_calls, usual_lost
from deploy.grafana.shown import BOLD, THIN, Shown
from deploy.grafana.tiles import line_figures, line_state
from deploy.grafana.words import AGENTS, OUTCOMES, REASONS, SECONDS, SHARE, WINDOWS

# A colour and a width for each curve
BY_WINDOW: Final = dict(zip(WINDOWS, ((SKY, THIN), (BLUE, THIN), (VERMILION, BOLD), (GREEN, None)), strict=True))
COLOURS: Final = (VERMILION, ORANGE, WINE, BLUE, SKY, GREEN, GREY)
BY_REASON: Final = {
    reason: (words, COLOURS[index % len(COLOURS)]) for index, (reason, words) in enumerate(REASONS.items())
}
TARGET: Final = now("tocsin_lost_call_ratio_target", *LINE)


def line(pages: str) -> Dashboard:
    return board(
        "tocsin-line",
        "One line in detail",
        "What becomes of the calls of a line, how long they wait, who answers, and the budget of the year.",
        {
            "": [
                line_state(size=(6, 5), text=(22, 44)),
                line_figures(size=(18, 5), text=(22, 44)),
            ],
            "Calls lost": _rates(),
            "Outcomes": _outcomes(),
            "Wait": _waits(),
            "Agents and callers": _staff(),
            "Budget of the year $year": budget_of_line(),
        },
        variables=[site(), lines(several=False), year()],
        pages=pages,
        since="now-6h",
        refresh="30s",
        incidents=True,
    )


def _rates() -> Panels:
    windows = [
        Shown(now("tocsin_lost_call_ratio", *LINE, window=window), WINDOWS[window], colour=colour, width=width)
        for window, (colour, width) in BY_WINDOW.items()
    ]
    return [
        curves(
            "Lost-call rate",
            "The share of lost calls in the window; behind it, the usual share at this hour of the week; and the "
            "target.",
            [
                *usual_lost(),
                *windows,
                Shown(TARGET, "target", colour=REFERENCE, line="dotted"),
            ],
            size=(24, 9),
            unit=SHARE,
        ),
        curves(
            "Raw and corrected, over 1 h",
            "The counted rate, dashed while a miscount is suspected, and the corrected rate, if it is available: "
            "without an incident the two are equal.",
            [
                *usual_lost(),
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1h"), "raw", colour=SKY),
                *believed_lost(),
                Shown(TARGET, "target", colour=REFERENCE, line="dotted"),
            ],
            size=(12, 9),
            unit=SHARE,
        ),
        curves(
            "Load",
            "The calls that ended within the hour, the waiting ones, and behind them the usual number at this "
            "hour of the week: a rate of few calls means little.",
            [
                *usual_calls(),
                Shown(now("tocsin_calls_ended", *LINE, window="1h"), "ended in 1 h", colour=BLUE),
                Shown(now("tocsin_calls_waiting", *LINE), "waiting", colour=VERMILION),
            ],
            size=(12, 9),
        ),
    ]


def _outcomes() -> Panels:
    outcomes = zip(OUTCOMES.items(), (SKY, VERMILION, BLUE, GREY), strict=True)
    return [
        bars(
            "Calls by outcome",
            "The calls by what became of them; dashed, the calls that came in.",
            [
                *(
                    Shown(
                        f"sum by (site, line) ({grown(f'tocsin_calls_{outcome}_total', *LINE, 'reason')})",
                        words,
                        colour=colour,
                    )
                    for (outcome, words), colour in outcomes
                ),
                Shown(grown("tocsin_calls_offered_total", *LINE), "came in", colour=REFERENCE, line="dashed"),
            ],
            size=(12, 9),
        ),
        bars(
            "Lost calls, by reason",
            "The reasons that the official rate counts.",
            [Shown(grown("tocsin_calls_lost_total", *LINE, "reason"), "{{reason}}")],
            size=(6, 9),
            names=BY_REASON,
        ),
        bars(
            "Diverted calls, by reason",
            "The calls that went elsewhere, or ended for a reason that the official rate leaves aside.",
            [Shown(grown("tocsin_calls_diverted_total", *LINE, "reason"), "{{reason}}")],
            size=(6, 9),
            names=BY_REASON,
        ),
    ]


def _waits() -> Panels:
    quantiles = (("0.5", "median", BLUE), ("0.9", "90%", ORANGE), ("0.95", "95%", VERMILION))
    talks = "tocsin_call_talk_seconds"
    return [
        curves(
            "Wait of the calls, over 1 h",
            "The wait of the calls answered or lost within the hour: the mean, and what half of the "
            "calls, nine of ten and nineteen of twenty did not exceed.",
            [
                Shown(now("tocsin_call_wait_seconds_mean", *LINE, window="1h"), "mean", colour=GREEN, width=BOLD),
                *(
                    Shown(
                        now("tocsin_call_wait_seconds_quantile", *LINE, window="1h", quantile=share),
                        name,
                        colour=colour,
                    )
                    for share, name, colour in quantiles
                ),
            ],
            size=(12, 8),
            unit=SECONDS,
        ),
        spread(
            "How waits are spread",
            "How many calls waited as long, answered and lost: the darker, the more.",
            f"sum by (le) ({grown('tocsin_call_wait_seconds_bucket', *LINE, 'outcome', 'le')})",
            size=(12, 8),
            unit=SECONDS,
        ),
        curves(
            "Longest wait",
            "How long the caller has waited who waits longest now.",
            [Shown(now("tocsin_call_longest_wait_seconds", *LINE), "longest wait", colour=VERMILION)],
            size=(8, 8),
            unit=SECONDS,
        ),
        curves(
            "Answered in time",
            "The share of the calls answered within the promised time, beside the promised share.",
            [
                *(
                    Shown(
                        now("tocsin_service_level_ratio", *LINE, window=window),
                        WINDOWS[window],
                        colour=colour,
                        width=width,
                    )
                    for window, (colour, width) in BY_WINDOW.items()
                ),
                Shown(now("tocsin_service_level_ratio_target", *LINE), "promised", colour=REFERENCE, line="dotted"),
            ],
            size=(8, 8),
            unit=SHARE,
            most=1,
        ),
        curves(
            "Mean time of conversations",
            "Of the calls answered in the interval.",
            [
                Shown(
                    f"{grown(f'{talks}_sum', *LINE, window='1h')} / {grown(f'{talks}_count', *LINE, window='1h')}",
                    "mean conversation",
                    colour=BLUE,
                )
            ],
            size=(8, 8),
            unit=SECONDS,
        ),
    ]


def _staff() -> Panels:
    return [
        curves(
            "Lost calls, seen and to be expected",
            "The day's lost-call rate, and the rate expected from the number of calls and of agents present "
            "(Erlang A). A rate far above the expected one points to the line or its counting, not to the staff.",
            [
                Shown(now("tocsin_lost_call_ratio", *LINE, window="1d"), "seen", colour=VERMILION),
                Shown(now("tocsin_lost_call_ratio_erlang", *LINE), "to be expected", colour=BLUE, line="dashed"),
                Shown(TARGET, "target", colour=REFERENCE, line="dotted"),
            ],
            size=(12, 8),
            unit=SHARE,
        ),
        curves(
            "Mean wait, seen and to be expected",
            "The day's mean wait, and the wait expected from the number of calls and of agents present.",
            [
                Shown(now("tocsin_call_wait_seconds_mean", *LINE, window="1d"), "seen", colour=VERMILION),
                Shown(now("tocsin_call_wait_seconds_erlang", *LINE), "to be expected", colour=BLUE, line="dashed"),
            ],
            size=(12, 8),
            unit=SECONDS,
        ),
        curves(
            "Agents",
            "The agents seen at work during the day, on average over the calls, and the number needed to meet the "
            "target.",
            [
                Shown(now("tocsin_call_agents", *LINE), "seen at work", colour=BLUE),
                Shown(now("tocsin_call_agents_needed", *LINE), "needed", colour=REFERENCE, line="dashed"),
            ],
            size=(8, 8),
            unit=AGENTS,
        ),
        curves(
            "How busy the agents are",
            "The time of conversations over the time of the agents seen at work, at most.",
            [Shown(now("tocsin_call_occupancy_ratio", *LINE), "occupancy", colour=BLUE)],
            size=(8, 8),
            unit=SHARE,
            most=1,
        ),
        curves(
            "Callers who reached no agent",
            "The share of a day's callers who reached no agent on that day. Callers who tried again and were "
            "answered in the end are not included.",
            [Shown(now("tocsin_net_lost_caller_ratio", *LINE), "reached no agent all day", colour=VERMILION)],
            size=(8, 8),
            unit=SHARE,
        ),
        curves(
            "Callers who call again after an answer",
            "Of the last week's answers to known callers, the share that another call of the same caller to this line "
            "followed within half an hour. A need that the answer did not meet, or a new one.",
            [Shown(now("tocsin_called_again_ratio", *LINE), "called again", colour=BLUE)],
            size=(8, 8),
            unit=SHARE,
        ),
        curves(
            "Where the month's losses came from",
            "The calls lost in the last month in hours above the target: with fewer agents than the usual callers "
            "need, with more callers than usual, or although the agents sufficed.",
            [
                Shown(now("tocsin_calls_lost_over_target", *LINE, cause=cause), words, colour=colour)
                for cause, words, colour in (
                    ("agents", "too few agents", VERMILION),
                    ("callers", "more callers than usual", BLUE),
                    ("neither", "agents sufficed", GREEN),
                    ("unknown", "unknown", GREY),
                )
            ],
            size=(16, 8),
        ),
    ]
