"""The boards for a sound line, for a miscounted line, and while no worker runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.language import Language
from deploy.grafana.colours import DOUBT, MISSED
from tests.deploy.boards import choice, filled, made, panels, tiles
from tests.deploy.servers import Prometheus, configuration, exposed, prometheus

pytestmark = pytest.mark.slow

BOARDS: Final = made(Language.EN)
WALL: Final = BOARDS["tocsin-wall.json"]
SITE: Final = {"site": "lozere"}
UNKNOWN: Final = ("unknown", DOUBT)
NO_CALL: Final = ("no call", None)


class Line(NamedTuple):
    """A line's metrics from worker and board, and the expected words and colours on the wall, by name."""

    wall: dict[str, tuple[str, str | None]]
    lost: float | None = None
    level: float | None = None
    believed: float | None = None
    suspected: bool = False
    quarantine: bool = False


LINES: Final = {
    "sound": Line({"Lost in 1 h": ("5%", None), "Answered in time in 1 h": ("90%", None)}, lost=0.05, level=0.9),
    "missing-targets": Line(
        {"Lost in 1 h: target missed": ("80%", MISSED), "Answered in time: too few": ("10%", MISSED)},
        lost=0.8,
        level=0.1,
    ),
    "not-called": Line({"Lost in 1 h": NO_CALL, "Answered in time in 1 h": NO_CALL}),
    "recounted": Line(
        {"Lost in 1 h": ("3%", None), "Answered in time: counting suspected": UNKNOWN},
        lost=0.8,
        level=0.1,
        believed=0.03,
        suspected=True,
        quarantine=True,
    ),
    "recounted-and-missing-its-target": Line(
        {"Lost in 1 h: target missed": ("12%", MISSED), "Answered in time: counting suspected": UNKNOWN},
        lost=0.8,
        level=0.1,
        believed=0.12,
        suspected=True,
        quarantine=True,
    ),
    "not-believed": Line(
        {"Lost in 1 h: counting suspected": UNKNOWN, "Answered in time: counting suspected": UNKNOWN},
        lost=0.8,
        level=0.1,
        suspected=True,
        quarantine=True,
    ),
    "calls-missing": Line(
        {"Lost in 1 h: counting suspected": UNKNOWN, "Answered in time: counting suspected": UNKNOWN},
        suspected=True,
        quarantine=True,
    ),
    # Its calls are not in doubt, and the alerts on them are not inhibited.
    "counter-suspected": Line(
        {"Lost in 1 h: target missed": ("80%", MISSED), "Answered in time: too few": ("10%", MISSED)},
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

    def of(values: Mapping[str, float | None], **more: str) -> list[tuple[dict[str, str], float]]:
        return [({**SITE, "line": name, **more}, value) for name, value in values.items() if value is not None]

    return Shown(
        {
            "tocsin_progress_age_seconds": [({}, 1)],
            "tocsin_site_open": [(SITE, 1)],
            "tocsin_service_info": [({**SITE, "service": "permis", "label": "Permis"}, 1)],
            "tocsin_line_info": [({**SITE, "line": name, "label": name.title()}, 1) for name in LINES],
            "tocsin_calls_waiting": of(dict.fromkeys(LINES, 0)),
            "tocsin_lost_call_ratio": of({name: each.lost for name, each in LINES.items()}, window="1h"),
            "tocsin_lost_call_ratio_target": of(dict.fromkeys(LINES, 0.1)),
            "tocsin_service_level_ratio": of({name: each.level for name, each in LINES.items()}, window="1h"),
            "tocsin_service_level_ratio_target": of(dict.fromkeys(LINES, 0.8)),
            "tocsin_miscount_suspected": of({name: each.suspected for name, each in LINES.items()}, kind="reset"),
            "tocsin_quarantine": of({name: each.quarantine for name, each in LINES.items()}, kind="missing"),
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


def titled(title: str, repeated: str | None = None) -> list[dict[str, Any]]:
    return [each for each in panels(WALL) if each["title"] == title and each.get("repeat") == repeated]


@pytest.mark.parametrize("name", LINES)
def test_a_wrong_count_never_looks_like_a_missed_target(running: Prometheus, name: str) -> None:
    _state, figures = titled("$line", "line")
    shown = tiles(running, figures, {"$site": SITE["site"], "$line": name})
    assert shown.pop("Waiting") == ("0%", None)
    assert shown == LINES[name].wall


def test_measuring_is_up_to_date_while_a_worker_counts_and_overdue_without_one(
    running: Prometheus, ended: Prometheus
) -> None:
    (measuring,) = titled("Measuring")
    assert tiles(running, measuring, choice(running, WALL)) == {"Figures": ("up to date", "transparent")}
    assert tiles(ended, measuring, choice(ended, WALL)) == {"Figures": ("overdue", MISSED)}


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
