"""Grafana's boards: how they are generated, and that every query has data to show."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
import yaml
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from agents.across.figures import AcrossFigures
from agents.catalogue import digest
from agents.ingest.send import ingest
from agents.kafka.client import Topic, producer, topic
from agents.kafka.topics import create_topics
from agents.language import Language
from config.offices import Offices
from config.settings import Kafka, load
from deploy.grafana import colours
from deploy.grafana.__main__ import main, texts
from deploy.grafana.words import SECONDS, places
from tests.agents.across import made as several
from tests.agents.running import HOST, Running, board, worker
from tests.agents.vocabulary import foreign
from tests.deploy import office
from tests.deploy.boards import choice, filled, made, panels, tiles, variables
from tests.deploy.servers import DEPLOY, Prometheus, Sample, configuration, exposed, prometheus

BOARDS = made(Language.FR)
TYPED = {"state", "list", "audit"}  # commands that a text names
SOURCE = {"type": "prometheus", "uid": "prometheus"}
COLUMNS = 24
OF_ALL = "tocsin-nation"
NAMED = re.compile(r"(?<![\w:])(tocsin_\w+)|(?<![\w:])([a-z_][\w:]*)\s*[{\[]")
OF_RULE = re.compile(r":(tocsin_\w+):")  # the metric behind a recording rule
WHOLE = 'window:tocsin_lost_calls:sum{window="1d"} and on () region_window:tocsin_lost_calls:sum{window="1d"}'
FAMILY = re.compile(r"_(total|bucket|count|sum)$")

each_board = pytest.mark.parametrize("found", [pytest.param(each, id=each["uid"]) for each in BOARDS.values()])


CELL, GAP, CONTROLS = 30, 8, 56  # px, of Grafana's grid, and of the menus above it in kiosk mode
MARGINS = 32  # px, beside the grid
LEAST = 150  # px, of a column without an override
PIXEL = 0.634  # mm, on a screen of 55 inches with 1920 x 1080 px
CAPITAL = 0.727  # height of a capital letter of Inter, Grafana's type, in its size
LEGIBLE = 4000 * math.tan(math.radians(16 / 60))  # mm: 16 minutes of arc at 4 m


def wide(columns: int, screen: int = 1920) -> float:
    """Return the width (px) of a panel that takes these columns of the grid."""
    return (screen - MARGINS + GAP) * columns / COLUMNS - GAP


def high(shown: list[dict[str, Any]], *, lines: int, services: int) -> float:
    """Return the height (px) of panels under each other, once they are repeated for these lines and services."""
    by_row = {panel["gridPos"]["y"]: panel for panel in shown}.values()
    turns = {"line": math.ceil(lines / 4), "service": math.ceil(services / 4)}
    cells = sum(panel["gridPos"]["h"] * turns.get(panel.get("repeat", ""), 1) for panel in by_row)
    return float(cells * (CELL + GAP) + CONTROLS)


def asked(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the queries of a board, each with the title of its panel or annotation."""
    of_panels = [(panel["title"], target["expr"]) for panel in panels(found) for target in panel["targets"]]
    return of_panels + [(each["name"], each["expr"]) for each in found["annotations"].get("list", [])]


def names(query: str) -> set[str]:
    return {name for pair in NAMED.findall(query) for name in pair if name}


# Forecasts of coming days: Grafana has no axis for the future, so the pages of `tocsin board` draw them. They also show
# who took an incident.
UNDRAWN = {
    *("tocsin_calls_forecast", "tocsin_tickets_forecast", "tocsin_call_target_missed_ratio_forecast"),
    "tocsin_incident_taken",
}
SHOWN = {name for found in BOARDS.values() for _, query in asked(found) for name in names(query)}


def test_no_two_boards_have_one_address() -> None:
    assert len({each["uid"] for each in BOARDS.values()}) == len(BOARDS) == 7


@pytest.mark.parametrize("language", Language)
def test_a_board_is_in_one_language(language: Language) -> None:
    for name, found in made(language).items():
        read = " ".join(place[key] for place, key in places(found))
        assert len(read.split()) > 50
        assert not foreign(read, language) - TYPED, name


def test_the_boards_of_two_languages_differ_in_nothing_but_their_words() -> None:
    french, english = made(Language.FR), made(Language.EN)
    assert french != english
    for boards in (french, english):
        for place, key in places([*boards.values()]):
            place[key] = ""
    assert french == english


def test_words_that_no_place_is_known_for_are_in_no_language() -> None:
    found = json.dumps(made(Language.EN), ensure_ascii=False)
    assert not re.search("[àâçéèêëîïôùûœÀÉÈ]", found)


def test_they_are_written_for_an_office_whose_pages_are_elsewhere(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr/tocsin-gone.json").touch()
    monkeypatch.setattr("sys.argv", ["deploy.grafana", "--pages", "https://tocsin.example", str(tmp_path)])
    main()
    for language in Language:
        written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / language).iterdir()}
        assert written == {
            name: text.replace("http://127.0.0.1:6067", "https://tocsin.example")
            for name, text in texts(language).items()
        }


@each_board
def test_each_panel_says_what_it_is_about_and_asks_the_one_source(found: dict[str, Any]) -> None:
    numbers = [panel["id"] for panel in found["panels"]]
    assert len(set(numbers)) == len(numbers) > 0
    for panel in panels(found):
        defaults = panel["fieldConfig"]["defaults"]
        named = panel["title"] or found["uid"] == "tocsin-wall"  # its names are large, among the figures
        assert all((named, panel["description"], defaults["unit"], defaults["noValue"])), panel["title"]
        assert panel["datasource"] == SOURCE, panel["title"]
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs) > 0, panel["title"]
    for each in variables(found) + found["annotations"].get("list", []):
        assert each["datasource"] == SOURCE, each["name"]


@each_board
def test_no_colour_is_left_to_grafana_whose_own_look_alike_to_some(found: dict[str, Any]) -> None:
    ours = {value for name, value in vars(colours).items() if name.isupper()}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(found))) <= ours
    for panel in panels(found):
        overrides = panel["fieldConfig"]["overrides"]
        painted = {each["matcher"]["options"] for each in overrides for to in each["properties"] if to["id"] == "color"}
        several = any(each["matcher"]["id"] == "byRegexp" for each in overrides)
        assert panel["type"] != "timeseries" or several or painted >= {to["refId"] for to in panel["targets"]}


@each_board
def test_no_panel_lies_on_another_or_beyond_the_grid(found: dict[str, Any]) -> None:
    def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= COLUMNS, panel["title"]
        return {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}

    for one, other in combinations(found["panels"], 2):
        assert cells(one).isdisjoint(cells(other)), (one["title"], other["title"])


@each_board
def test_no_column_lies_beyond_the_edge_of_its_panel(found: dict[str, Any]) -> None:
    for panel in panels(found):
        overrides = [
            {each["id"]: each["value"] for each in to["properties"]} for to in panel["fieldConfig"]["overrides"]
        ]
        widths = [each.get("custom.minWidth", LEAST) for each in overrides if not each.get("custom.hidden")]
        assert panel["type"] != "table" or sum(widths) <= wide(panel["gridPos"]["w"]), panel["title"]


@each_board
def test_a_cell_without_a_value_does_not_have_the_words_of_an_empty_table(found: dict[str, Any]) -> None:
    for panel in panels(found):
        for to in panel["fieldConfig"]["overrides"] if panel["type"] == "table" else ():
            of = {each["id"]: each["value"] for each in to["properties"]}
            assert "custom.hidden" in of or of["noValue"] == "—", (panel["title"], to["matcher"])


@each_board
def test_no_axis_of_durations_has_fractions_which_grafana_11_writes_as_nan(found: dict[str, Any]) -> None:
    for panel in panels(found):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"] != SECONDS or defaults.get("decimals") == 0, panel["title"]


def test_the_wall_has_room_for_eight_lines_and_four_counters_in_letters_that_are_read_from_four_metres() -> None:
    wall = panels(BOARDS["tocsin-wall.json"])
    assert all(panel["maxPerRow"] == 4 for panel in wall if panel.get("repeat"))
    assert high(wall[:-1], lines=8, services=4) <= 1080
    assert 1000 <= high(wall, lines=4, services=4) <= 1080, "the curves fill the screen if there are few lines"
    assert all(min(panel["options"]["text"].values()) * CAPITAL * PIXEL >= LEGIBLE for panel in wall)


@each_board
def test_links_lead_to_boards_that_there_are_by_variables_that_they_have(found: dict[str, Any]) -> None:
    text = json.dumps(found)
    for uid, arguments in re.findall(r"/d/(tocsin-\w+)\?([^\"]+)", text):
        given = set(re.findall(r"var-(\w+)=", arguments))
        assert given <= {each["name"] for each in variables(BOARDS[f"{uid}.json"])}, (uid, given)
    own = {each["name"] for each in found["templating"]["list"]}
    used = {name for query in asked(found) for name in re.findall(r"\$\{?([a-z]\w*)", query[1])}
    assert used <= own


def test_an_incident_links_to_its_decision_as_its_alert_does() -> None:
    (since,) = (each for each in panels(BOARDS["tocsin-quality.json"]) if each["title"] == "Incidents en cours")
    links = {
        link["url"]
        for override in since["fieldConfig"]["overrides"]
        for to in override["properties"]
        if to["id"] == "links"
        for link in to["value"]
    }
    labels = {"site": "${__data.fields.site}", "line": "${__data.fields.line}", "kind": "${__data.fields.of}"}
    assert f"${{pages}}/incidents/now?{'&'.join(f'{name}={value}' for name, value in labels.items())}" in links
    assert all('"of", "$1", "kind"' in target["expr"] for target in since["targets"])


def test_grafana_is_told_of_the_source_and_the_boards() -> None:
    told = {path.name: yaml.safe_load(path.read_text()) for path in (DEPLOY / "grafana").glob("provisioning/*/*.yaml")}
    (source,) = told["prometheus.yaml"]["datasources"]
    assert {"type": source["type"], "uid": source["uid"]} == SOURCE
    (provider,) = told["tocsin.yaml"]["providers"]
    assert provider["options"]["path"] == "/etc/grafana/dashboards"
    assert not provider["disableDeletion"]


class Watched(NamedTuple):
    """A Prometheus that has scraped an office, and the processes that it scraped."""

    server: Prometheus
    scraped: tuple[Running, Running]
    nation: str  # the address of a nation's processes, which belong to no single office


@pytest.fixture(scope="module")
def watched(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Run everything that Prometheus scrapes of an office; its last events arrive meanwhile.

    It scrapes the worker by two names, so that every line is shown twice, as it is while it moves between workers.
    """
    config = tmp_path_factory.mktemp("office") / "office.yaml"
    config.write_text(yaml.safe_dump(office.configuration()), encoding="utf-8")
    kafka = Kafka(bootstrap=broker, prefix=f"test-{uuid4().hex[:12]}.", partitions=4)
    settings = load(config, {}).model_copy(update={"kafka": kafka})
    given = {"TOCSIN_CONFIG": str(config), "TOCSIN_CLOCK": "event"}
    create_topics(settings)
    told = office.told(settings)
    before, after = told[:-200], told[-200:]
    invalid = producer(settings)
    invalid.send(topic(settings, Topic.CALL_ATTEMPTS), key=b"lozere/standard", value=b"{")
    invalid.close()
    second = office.told_twice(before)
    ingest(settings, office.rows(second), "second", witness=True)
    ingest(settings, office.rows(before), "office")
    with ExitStack() as stack:
        line = stack.enter_context(worker(settings, **given))
        line.await_events(len(before) + len(second) + 1)
        pages = stack.enter_context(board(settings, **given))
        twice = [f"{HOST}:{line.port}", f"localhost:{line.port}"]
        across = stack.enter_context(several_offices(tmp_path_factory.mktemp("nation")))
        jobs = {"tocsin-worker": twice, "tocsin-board": [f"{HOST}:{pages.port}", across]}
        server = stack.enter_context(prometheus(configuration(jobs)))
        server.wait(lambda: bool(server.query("tocsin_lost_call_budget and on () tocsin_events_total")))
        ingest(settings, office.rows(after), "office")
        # Two steps of a subquery ago, as an increase needs two of them.
        everything = f"sum by (instance) (tocsin_events_total offset 6s) == {len(told) + len(second) + 1}"
        server.wait(lambda: len(server.query(everything)) == len(twice))
        server.wait(lambda: bool(server.query(WHOLE)))
        yield Watched(server, (line, pages), across)


class WorkerOfSeveral(Collector):
    """The metrics that only a nation's worker has: by which catalogue it counts."""

    def __init__(self, nation: Offices) -> None:
        self._nation = nation

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("tocsin_catalogue_info", "Its sites.", labels=("digest",))
        info.add_metric((digest(self._nation),), len(self._nation.sites))
        yield info


def several_offices(folder: Path) -> AbstractContextManager[str]:
    """Serve the metrics of a nation's worker, and of its board about an exchange that is down; return the address."""
    nation = several.offices(folder)
    known = several.history(nation.shared)
    return exposed(AcrossFigures(lambda: nation, lambda: known, lambda: 0), WorkerOfSeveral(nation))


CASES = (  # of a line or a counter: test_boards_now.py has one for each
    '(tocsin_lost_call_ratio_believed{site="$site", line=~"$line"}) and on',
    'alertname="',
    "* NaN and on (site)",
)


@pytest.mark.broker
@each_board
def test_every_query_has_data(watched: Watched, found: dict[str, Any]) -> None:
    chosen = choice(watched.server, found)
    for title, query in asked(found):
        samples = watched.server.query(filled(query, chosen))
        if any(case in query for case in CASES):
            continue
        assert any(not math.isnan(each.value) for each in samples), (title, query)
        assert found["uid"] == "tocsin-pipeline" or all("instance" not in each.labels for each in samples), title


@pytest.mark.broker
@each_board
def test_nothing_of_an_office_is_shown_for_another(watched: Watched, found: dict[str, Any]) -> None:
    chosen = choice(watched.server, found) | {"$site": "elsewhere"}
    for title, query in asked(found):
        if found["uid"] != OF_ALL:
            shown = watched.server.query(filled(query, chosen))
            late = query.endswith("vector(1)") and shown == [Sample({}, 1)]  # no counting software reports on it
            assert late or "ALERTS" in query or {each.labels.get("instance") for each in shown} <= {watched.nation}, (
                title,
                query,
            )


@pytest.mark.broker
def test_a_miscount_and_an_overload_are_told_apart_on_the_wall(watched: Watched) -> None:
    wall = BOARDS["tocsin-wall.json"]
    (figures,) = (each for each in panels(wall) if each.get("repeat") == "line")
    for fault, colour in ((office.MISCOUNT, colours.DOUBT), (office.OVERLOAD, colours.MISSED)):
        chosen = choice(watched.server, wall) | {"$line": fault.partition(":")[0]}
        painted = {each for _, each in tiles(watched.server, figures, chosen).values()}
        assert painted == {None, colour}, fault


@pytest.mark.broker
def test_no_query_names_a_metric_that_there_is_not(watched: Watched) -> None:
    scraped = set(watched.server.get("/api/v1/label/__name__/values")["data"])
    assert scraped >= SHOWN


@pytest.mark.broker
def test_every_metric_is_on_a_board(watched: Watched) -> None:
    exposed = {
        family.name for each in watched.scraped for family in text_string_to_metric_families(each.get("/metrics"))
    }
    # Family names without suffixes: `tocsin_x` for queries of `tocsin_x_total` or `_bucket`.
    shown = SHOWN | UNDRAWN
    shown |= {each for found in BOARDS.values() for _, query in asked(found) for each in OF_RULE.findall(query)}
    assert {name for name in exposed if name.startswith("tocsin_")} <= {FAMILY.sub("", name) for name in shown} | shown
