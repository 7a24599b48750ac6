"""The boards for a sound line, for a miscounted line, and while no worker runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.language import Language
from deploy.grafana.colours import DOUBT, GREY, MISSED, PLAIN
from deploy.grafana.words import NO_CELL, NO_NAME
from tests.deploy.boards import choice, filled, made, panels, tiles
from tests.deploy.servers import Prometheus, configuration, exposed, prometheus

pytestmark = pytest.mark.slow

BOARDS: Final = made(Language.EN)
WALL: Final = BOARDS["tocsin-wall.json"]
SITE: Final = {"site": "lozere"}
CLOSED: Final = {"site": "closed"}
UNKNOWN: Final = ("unknown", DOUBT)
ABSENT: Final = (NO_CELL, None)
LOST, TOO_MANY, ALERT = "Lost {{lost}}/{{ended}}", "Too many: {{lost}}/{{ended}}", "Alert: {{lost}}/{{ended}}"


class Line(NamedTuple):
    """A line's metrics from worker and board, and the expected words and colours on the wall, by name."""

    wall: dict[str, tuple[str, str | None]]
    lost: float | None = None
    level: float | None = None
    believed: float | None = None
    suspected: bool = False
    quarantine: bool = False
    ended: int = 100
    site: dict[str, str] = SITE

    @property
    def state(self) -> tuple[str, str]:
        if self.suspected:
            return "count suspected", DOUBT
        return ("closed", GREY) if self.site is CLOSED else ("open", PLAIN)


LINES: Final = {
    "sound": Line({LOST: ("5%", None), "On time": ("90%", None)}, lost=0.05, level=0.9),
    "missing-targets": Line(
        {ALERT: ("80%", MISSED), "Alert: on time": ("10%", MISSED)},
        lost=0.8,
        level=0.1,
    ),
    "of-few-calls": Line(
        {TOO_MANY: ("25%", None), "Few on time": ("10%", None)},
        lost=0.25,
        level=0.1,
        ended=4,
    ),
    "not-called": Line({"No call": ABSENT, "On time": ABSENT}, ended=0),
    "at-night": Line({"Lost": ABSENT, "On time": ABSENT}, ended=0, site=CLOSED),
    "recounted": Line(
        {"Lost, corrected": ("3%", None), "On time": UNKNOWN},
        lost=0.8,
        level=0.1,
        believed=0.03,
        suspected=True,
        quarantine=True,
    ),
    "recounted-and-missing-its-target": Line(
        {"High, corrected": ("12%", None), "On time": UNKNOWN},
        lost=0.8,
        level=0.1,
        believed=0.12,
        suspected=True,
        quarantine=True,
    ),
    "not-believed": Line(
        {"Lost": UNKNOWN, "On time": UNKNOWN},
        lost=0.8,
        level=0.1,
        suspected=True,
        quarantine=True,
    ),
    "calls-missing": Line(
        {"Lost": UNKNOWN, "On time": UNKNOWN},
        suspected=True,
        quarantine=True,
    ),
    # Its calls are not in doubt, and the alerts on them are not inhibited.
    "counter-suspected": Line(
        {ALERT: ("80%", MISSED), "Alert: on time": ("10%", MISSED)},
        lost=0.8,
        level=0.1,
        suspected=True,
    ),
}


class Shown(Collector):
    """Gauges by name, with the labels and values of their samples."""

    def __init__(self, gauges: dict[str, list[tuple[dict[str, str], float]]]) -> None:
        self.gauges = gauges

    def collect(self) -> Iterator[Metric]:
        for name, samples in self.gauges.items():
            family = GaugeMetricFamily(name, "", labels=[*samples[0][0]])
            for labels, value in samples:
                family.add_metric([*labels.values()], value)
            yield family


def worker() -> Shown:
    """Return a worker's metrics of those lines and of a counter."""

    def of(value: Callable[[Line], float | None], **more: str) -> list[tuple[dict[str, str], float]]:
        found = {name: value(each) for name, each in LINES.items()}
        return [({**LINES[name].site, "line": name, **more}, it) for name, it in found.items() if it is not None]

    def of_windows(value: Callable[[Line], float | None]) -> list[tuple[dict[str, str], float]]:
        return [*of(value, window="1h"), *of(value, window="15m")]

    return Shown(
        {
            "tocsin_progress_age_seconds": [({}, 1)],
            "tocsin_site_open": [(SITE, 1), (CLOSED, 0)],
            "tocsin_service_info": [({**SITE, "service": "permis", "label": "Permis"}, 1)],
            "tocsin_line_info": [
                ({**each.site, "line": name, "label": name.title()}, 1) for name, each in LINES.items()
            ],
            "tocsin_calls_waiting": of(lambda _: 0),
            "tocsin_call_longest_wait_seconds": of(lambda _: 0),
            "tocsin_calls_ended": of_windows(lambda each: each.ended),
            "tocsin_lost_call_ratio": of_windows(lambda each: each.lost),
            "tocsin_lost_call_ratio_target": of(lambda _: 0.1),
            "tocsin_service_level_ratio": of_windows(lambda each: each.level),
            "tocsin_service_level_ratio_target": of(lambda _: 0.8),
            "tocsin_miscount_suspected": of(lambda each: each.suspected, kind="reset"),
            "tocsin_quarantine": of(lambda each: each.quarantine, kind="missing"),
        }
    )


def pages() -> Shown:
    """Return a board's metrics, which it also has while no worker runs."""
    indicator = {**SITE, "indicator": "lost_rate:sound", "year": "2013", "value": "raw"}
    believed = {name: each.believed for name, each in LINES.items() if each.believed is not None}
    return Shown(
        {
            "tocsin_lost_call_ratio_believed": [({**SITE, "line": name}, rate) for name, rate in believed.items()],
            "tocsin_indicator": [(indicator, 0.05)],
        }
    )


@contextmanager
def watching(board: str, worker: str) -> Iterator[Prometheus]:
    """Run a Prometheus that has scraped both while the block runs."""
    with prometheus(configuration({"tocsin-board": [board], "tocsin-worker": [worker]})) as server:
        server.wait(lambda: bool(server.query("tocsin_indicator and on (site) tocsin_site_open")))
        server.wait(lambda: bool(server.query('ALERTS{alertname="LostCallSpike"}')))
        yield server


@pytest.fixture(scope="module")
def running() -> Iterator[Prometheus]:
    with exposed(pages()) as board, exposed(worker()) as address, watching(board, address) as server:
        yield server


@pytest.fixture(scope="module")
def ended() -> Iterator[Prometheus]:
    """Return a Prometheus that saw the same until the worker ended."""
    with exposed(pages()) as board, ExitStack() as stack:
        with exposed(worker()) as address:
            server = stack.enter_context(watching(board, address))
        server.wait(lambda: bool(server.query('up{job="tocsin-worker"} == 0 unless on () tocsin_site_open')))
        yield server


def on_wall(repeated: str) -> dict[str, Any]:
    """Return the wall's panel for each line or for each service."""
    (panel,) = (each for each in panels(WALL) if each.get("repeat") == repeated)
    return panel


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_count_never_looks_like_a_missed_target_nor_few_calls_like_an_alert(
    running: Prometheus, name: str
) -> None:
    line = LINES[name]
    shown = tiles(running, on_wall("line"), {"$site": line.site["site"], "$line": name})
    assert shown.pop("{{waiting}} waiting") == (NO_CELL, None)
    assert (shown.pop(NO_NAME), shown.pop("{{label}}")) == (line.state, (NO_NAME, line.state[1]))
    assert shown == line.wall


def test_a_lost_rate_says_of_how_many_calls(running: Prometheus) -> None:
    (asked,) = (each["expr"] for each in on_wall("line")["targets"] if each["legendFormat"] == TOO_MANY)
    (found,) = running.query(filled(asked, {"$site": SITE["site"], "$line": "of-few-calls"}))
    assert (found.labels["lost"], found.labels["ended"]) == ("1", "4")


def test_measuring_is_up_to_date_while_a_worker_counts_and_overdue_without_one(
    running: Prometheus, ended: Prometheus
) -> None:
    (measuring,) = (each for each in panels(WALL) if [to["legendFormat"] for to in each["targets"]] == ["Figures"])
    assert tiles(running, measuring, choice(running, WALL)) == {"Figures": ("up to date", "transparent")}
    assert tiles(ended, measuring, choice(ended, WALL)) == {"Figures": ("overdue", MISSED)}


def test_no_panel_of_the_wall_is_empty_without_a_worker(ended: Prometheus) -> None:
    chosen = choice(ended, WALL)
    for panel in panels(WALL):
        assert any(ended.query(filled(target["expr"], chosen)) for target in panel["targets"]), panel["description"]
    for repeated, one in (("line", {"$line": "sound"}), ("service", {"$service": "permis"})):
        shown = tiles(ended, on_wall(repeated), chosen | one)
        assert shown == {NO_NAME: ("no data", GREY), "{{label}}": (NO_NAME, GREY)}


def test_the_sums_of_all_lines_have_no_value_without_a_worker(running: Prometheus, ended: Prometheus) -> None:
    (sums,) = (each for each in panels(WALL) if each["options"]["graphMode"] == "area")
    ((calls, _), (waiting, _)) = tiles(running, sums, choice(running, WALL)).values()  # and no visitors
    assert (calls, waiting) == ("70400%", "0%"), "tiles() writes every value as a share"
    assert [*tiles(ended, sums, choice(ended, WALL)).values()] == [("no data", None)] * 2


@pytest.mark.parametrize("found", [pytest.param(each, id=each["uid"]) for each in BOARDS.values()])
def test_without_a_worker_names_stay_and_no_panel_claims_that_there_was_nothing(
    running: Prometheus, ended: Prometheus, found: dict[str, Any]
) -> None:
    chosen = choice(ended, found)
    assert chosen == choice(running, found)
    for panel in panels(found):
        if not any(ended.query(filled(target["expr"], chosen)) for target in panel["targets"]):
            says = panel["fieldConfig"]["defaults"]["noValue"]
            assert says == "no data" or "known" in says, panel["title"]
