"""The words and colours of values on the boards, and the translation of a board."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from grafana_foundation_sdk.models.dashboard import (
    DashboardRangeMapOptions,
    DashboardRegexMapOptions,
    DashboardSpecialValueMapOptions,
    RangeMap,
    RegexMap,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from agents.language import Language
from agents.pages import withheld
from agents.pages.sheets import SHEETS
from agents.pages.words import MISCOUNTS
from agents.translation import Words
from deploy.grafana.colours import DOUBT, GREY, MISSED, PLAIN
from streams.calls.call import OutcomeName

SHARE: Final = "percentunit"
SECONDS: Final = "dthms"  # 00:01:30, the same in every language
COUNT: Final = "none"
HOURS: Final = "suffix: h"
DAYS: Final = "suffix: d"
MINUTES: Final = "suffix: min"
AGENTS: Final = "suffix: agents"
DATE: Final = "time:DD/MM/YYYY"
MOMENT: Final = "time:DD/MM/YYYY HH:mm"

NOTHING: Final = "no data"
NO_CELL: Final = "—"
NO_NAME: Final = "\N{ZERO WIDTH SPACE}"  # Grafana would replace an empty name
NOT_THIS_YEAR: Final = "not this year"

WINDOWS: Final = {"5m": "over 5 min", "15m": "over 15 min", "1h": "over 1 h", "1d": "over 1 d"}
OUTCOMES: Final[Mapping[OutcomeName, str]] = {
    "answered": "calls answered",
    "lost": "calls lost",
    "diverted": "calls diverted",
    "unresolved": "without a known outcome",
}
TICKETS: Final = {
    "served": "served",
    "no_show": "no-shows",
    "cancelled": "cancelled",
    "transferred": "sent elsewhere",
}
REASONS: Final = {
    "abandoned": "abandoned",
    "timeout": "timeout",
    "full": "queue full",
    "closed": "closed",
    "no_agents": "no agent",
    "key": "key",
    "transfer": "transfer",
    "voicemail": "voicemail",
    "callback": "callback",
    "unknown": "unknown reason",
}
RESULTS: Final = {"ok": "taken", "duplicate": "repeated", "late": "late", "invalid": "refused"}
FLOWS: Final = {
    "call-attempts": "calls",
    "call-witnesses": "second record",
    "counter-tickets": "tickets",
    "line-readings": "readings",
    "requests": "requests",
    "reviews": "decisions",
}
VERDICTS: Final = {
    "miscount": "miscount suspected",
    "overload": "real overload",
    "undecided": "undecided",
}
KINDS: Final[dict[str, str]] = {kind: str(each) for kind, each in MISCOUNTS.items()}
Place: TypeAlias = tuple[dict[str, Any], str]  # an object of a board's JSON, and the key of a text in it

_READ: Final = frozenset(
    {"title", "description", "legendFormat", "noValue", "text", "label", "displayName", "titleFormat", "unit"}
)
_NO_WORDS: Final = re.compile(r"\W*|\$\w+|\{\{\w+\}\}").fullmatch  # a name that Grafana fills in


def mapping(texts: Mapping[str, str], colours: Mapping[str, str] | None = None) -> list[ValueMapping]:
    of = colours or {}
    return [
        ValueMap(
            {
                value: ValueMappingResult(text=text, color=of.get(value), index=index)
                for index, (value, text) in enumerate(texts.items())
            }
        )
    ]


def matching(texts: Mapping[str, str]) -> list[ValueMapping]:
    """Return mappings of values that match an expression to a text."""
    return [
        RegexMap(DashboardRegexMapOptions(pattern, ValueMappingResult(text=text, index=index)))
        for index, (pattern, text) in enumerate(texts.items())
    ]


def absent(text: str) -> list[ValueMapping]:
    result = ValueMappingResult(text=text, index=0)
    return [SpecialValueMap(DashboardSpecialValueMapOptions(SpecialValueMatch.NULL_AND_NAN, result))]


def at_least_one(colour: str) -> list[ValueMapping]:
    """Return a mapping of counts above 0 to a colour."""
    result = ValueMappingResult(color=colour, index=0)
    return [RangeMap(DashboardRangeMapOptions(from_val=1, to=1e9, result=result))]  # Grafana reads no bound as 0


STATES: Final = {"-1": "no data", "0": "closed", "1": "open", "2": "real overload", "3": "count suspected"}
OF_STATES: Final = {"-1": GREY, "0": GREY, "1": PLAIN, "2": MISSED, "3": DOUBT}
STATE: Final = mapping(STATES, OF_STATES)
NAME_ONLY: Final = mapping(dict.fromkeys(STATES, NO_NAME), OF_STATES)
NO_WAIT: Final = mapping({"0": NO_CELL})
NOT_COUNTED: Final = absent(NO_CELL)
NOT_MEASURED: Final = absent(NOTHING)
COUNTING: Final = mapping(
    {"-1": "closed", "0": "nothing to report", "1": "real overload", "2": "miscount suspected"},
    {"-1": PLAIN, "0": GREY, "1": MISSED, "2": DOUBT},
)
WITHHELD: Final = mapping(
    {"0": "published", **{f"{code}": str(each) for code, each in enumerate(withheld.REASONS.values(), 1)}},
    {"0": GREY, **{f"{code}": DOUBT for code in range(1, 1 + len(withheld.REASONS))}},
)
UNKNOWN: Final = mapping({"0": "unknown"}, {"0": DOUBT})
SUSPECTED: Final = at_least_one(DOUBT)  # numbers of lines
TROUBLED: Final = at_least_one(MISSED)
SEVERITY: Final = mapping(
    {"critical": "critical", "counting": "count suspected", "warning": "warning", "info": "information"},
    {"critical": MISSED, "counting": DOUBT, "warning": PLAIN, "info": PLAIN},
)
YES: Final = mapping({"0": "no", "1": "yes"})
WHOLE: Final = mapping({"0": "whole", "1": "not to be published"}, {"0": PLAIN, "1": MISSED})
REACHED: Final = mapping({"0": "reached", "1": "missed"}, {"0": PLAIN, "1": MISSED})
UP: Final = mapping({"0": "down", "1": "up"}, {"0": MISSED, "1": PLAIN})
FRESH: Final = mapping({"0": "up to date", "1": "overdue"}, {"0": PLAIN, "1": MISSED})
VERDICT: Final = mapping(VERDICTS, {"miscount": DOUBT, "overload": MISSED, "undecided": GREY})
KIND: Final = mapping(KINDS)
SCOPE: Final = mapping(
    {
        "exchange": "exchange",
        "provider": "provider",
        "department": "department",
        "region": "region",
        "nation": "the whole nation",
    }
)
# A board shows the indicators of many offices at once, each with its own limit.
TITLES: Final = {kind: sheet.title for kind, sheet in SHEETS.items() if kind != "within_target"}
INDICATOR: Final = matching(
    {
        "^within_target:.*": "Share answered within the target time",
        **{f"^{kind}:.*": str(title) for kind, title in TITLES.items()},
    }
)
FLOW: Final = matching({f".*{topic}$": words for topic, words in FLOWS.items()})


def speak(board: dict[str, Any], language: Language) -> None:
    """Translate a board, as JSON, to a language."""
    text = Words(language)
    for found, key in places(board):
        # `{{label}}` is Grafana's, not a placeholder of the text
        found[key] = text(found[key]).replace("{", "{{").replace("}", "}}")


def places(found: Any) -> Iterator[Place]:  # noqa: ANN401 -- JSON
    """Yield the places of texts for people in a board or a part of one."""
    if isinstance(found, list):
        for each in found:
            yield from places(each)
    elif isinstance(found, dict):
        for key, value in found.items():
            if not isinstance(value, str):
                yield from places(value)
            elif _is_read(found, key) and not _NO_WORDS(value):
                yield found, key


def _is_read(found: dict[str, Any], key: str) -> bool:
    what = found.get("id") if key == "value" else key  # an override has the text in `value`, and its kind in `id`
    if what == "unit":
        return str(found[key]).startswith("suffix:")  # all other units are Grafana's own
    return what in _READ or (key == "name" and "titleFormat" in found)
