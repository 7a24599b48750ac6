"""The recording and alert rules: Prometheus accepts them, they pass their tests, and each alert advises an action."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

import pytest
import yaml

from agents.language import Language
from agents.pages.words import MISCOUNTS, kind_of
from agents.translation import Words
from agents.worker.gathered import AWAY
from streams.across.place import SCOPES
from streams.calls.windows import WINDOWS
from streams.cases.view import CASE_KINDS
from streams.kept.mark import RESULTS
from streams.watch.incident import DESK_KINDS, Verdict
from streams.watch.laws import ATTENDED, Miscount
from tests.deploy.families import families, selectors
from tests.deploy.servers import DEPLOY, PROMETHEUS, program

RULES: Final = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
TESTS: Final = sorted((Path(__file__).parent / "rules").glob("*.yml"))
HANDBOOK: Final = DEPLOY.parent / "docs/operations/alerts.md"
SEVERITIES: Final = {"critical", "warning", "info", "counting", "silent"}
TEAMS: Final = {"exploitation", "qualite", "technique", "nobody"}
SCRAPED: Final = {"instance", "job"}
SAID: Final = ("summary", "description")
# How a summary begins: with the site, with all of them if one worker counts several, or with the process.
PLACE: Final = re.compile(
    r"{{ \$labels\.(site|instance) }}|{{ with \$labels\.site }}{{ \. }} ?:"
    r'|{{ if eq \$labels\.site "\*" }}[\w ]+{{ else }}{{ \$labels\.site }}{{ end }}'
    r"|(Le processus|The worker) {{ \$labels\.instance }}|{{ \$value }} (sites|offices) "
)
NOT_MEASURED: Final = {"NoWorker", "NoBoard"}
SPOKEN: Final = 'if ne $externalLabels.language "en" -}}'
# Metrics of one process, or of all processes together.
OF_ONE_PROCESS: Final = {
    *("up", "tocsin_events_total", "tocsin_progress_age_seconds", "tocsin_checkpoint_age_seconds"),
    *("tocsin_states_refused", "tocsin_partitions_unread", "tocsin_catalogues", AWAY),
    *("tocsin_catalogue_info", "tocsin_catalogue_refused"),
}
VALUES: Final[dict[str, set[str]]] = {
    "window": {window.name for window in WINDOWS},
    "value": {"raw", "corrected", "target"},
    "result": {*RESULTS, "invalid"},
    "verdict": set(get_args(Verdict)),
    "kind": {*get_args(Miscount), *CASE_KINDS, "overload"},
    "scope": set(SCOPES),
}
DASHBOARD: Final = re.compile(
    r"{{ \$externalLabels\.grafana }}/d/tocsin-(wall|line|counters|quality|years|pipeline|nation)"
    r"(?:\?var-site={{ \$labels\.site }}(?:&var-(?:line={{ \$labels\.line }}|service={{ \$labels\.service }}))?)?"
)
BOARD: Final = re.compile(
    r"{{ \$externalLabels\.board }}/"
    r"(week|incidents|incidents\?line={{ \$labels\.line }}|years/{{ \$labels\.year }}"
    r"|incidents/now\?site={{ \$labels\.site }}&line={{ \$labels\.line }}&kind=(overload|{{ \$labels\.kind }})"
    r"|incidents/now\?site={{ \$labels\.site }}&service={{ \$labels\.service }}&channel={{ \$labels\.channel }}"
    r"&kind={{ \$labels\.kind }})?"
)


def content(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


@cache
def rules() -> tuple[dict[str, Any], ...]:
    return tuple(rule for file in RULES for group in content(file)["groups"] for rule in group["rules"])


def alerts() -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def records() -> dict[str, dict[str, Any]]:
    return {rule["record"]: rule for rule in rules() if "record" in rule}


def cases() -> list[dict[str, Any]]:
    return [case for file in TESTS for case in content(file)["tests"]]


def promtool(*arguments: str) -> str:
    """Run promtool in the time zone of the expected texts; return its output after success."""
    command = [program("promtool"), *arguments]
    # Its heap is small, so collecting garbage seldom saves a fifth of its time.
    own = {**os.environ, "TZ": "Europe/Paris", "GOGC": "400"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_prometheus_takes_the_configuration_and_every_rule() -> None:
    says = promtool("check", "config", "--lint=all", "--lint-fatal", str(PROMETHEUS))
    assert f"SUCCESS: {len(RULES)} rule files found" in says
    assert says.count("rules found") == len(RULES)


def spoken(file: Path, language: str | None) -> Any:
    """Return a test file with Prometheus in one language; the file has the expected texts of both.

    An alert that fires must be measured, unless it says that nothing is.
    """
    told = content(file)
    told["rule_files"] = [str((file.parent / name).resolve()) for name in told["rule_files"]]
    for case in told["tests"]:
        if language is not None:
            case["external_labels"] = {**case.get("external_labels", {}), "language": language}
        for test in case.get("alert_rule_test", []):
            for alert in test["exp_alerts"]:
                said = alert["exp_annotations"] | {"measured": measured(test["alertname"], alert["exp_labels"])}
                alert["exp_annotations"] = said | {name: in_one(said[name], language) for name in SAID}
                if test["alertname"] not in NOT_MEASURED:
                    expected = {"eval_time": test["eval_time"], "exp_samples": [{"labels": "{}", "value": 1}]}
                    asked = {"expr": f"count({said['measured']}) > bool 0"} | expected
                    case.setdefault("promql_expr_test", []).append(asked)
    return told


def measured(name: str, labels: dict[str, str]) -> str:
    """Return the expression of an alert that has a value while the alert is measured."""
    text = alerts()[name]["annotations"]["measured"]
    if choice := re.fullmatch(r"{{ with \$labels\.site }}(.*){{ else }}(.*){{ end }}", text):
        text = choice[1] if "site" in labels else choice[2]
    return re.sub(r"{{ (?:\$labels)?\.(\w*) }}", lambda found: labels.get(found[1] or "site", ""), text)


def in_one(said: str, language: str | None) -> str:
    """Return one language's half of an expected text; French by default."""
    french, english = re.split(r"\n+", said)
    return english if language == "en" else french


@pytest.mark.slow
@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_every_rule_does_what_its_tests_say_in_english(file: Path, tmp_path: Path) -> None:
    """Run each case with the rules that it asks about: all rules of its files see its series in French, and more."""
    told, copies = spoken(file, "en"), []
    for number, case in enumerate(told["tests"]):
        needed, own = needed_by(case), []
        for name in map(Path, told["rule_files"]):
            groups = content(name)["groups"]
            for group in groups:
                group["rules"] = [rule for rule in group["rules"] if name_of(rule) in needed]
            own.append(written(tmp_path / f"{number} {name.name}", {"groups": groups}))
        copies.append(written(tmp_path / f"{number}.yml", told | {"rule_files": own, "tests": [case]}))
    promtool("test", "rules", *copies)


def written(file: Path, told: Any) -> str:
    file.write_text(yaml.safe_dump(told))
    return str(file)


def name_of(rule: dict[str, Any]) -> str:
    return str(rule.get("alert") or rule["record"])


def needed_by(case: dict[str, Any]) -> set[str]:
    """Return the names of the rules in a case, and of the rules in their expressions."""
    asked = {test["alertname"] for test in case.get("alert_rule_test", [])}
    expressions = [test["expr"] for test in case.get("promql_expr_test", [])]
    needed = set[str]()
    while asked or expressions:
        asked |= {name for expression in expressions for name, _ in selectors(expression)}
        if "ALERTS" in asked:
            asked |= alerts().keys()
        asked -= needed
        needed |= asked
        found = [rule for rule in rules() if name_of(rule) in asked]
        said = [text for rule in found for text in rule.get("annotations", {}).values()]
        asked, expressions = set(), [rule["expr"] for rule in found] + [each for text in said for each in queries(text)]
    return needed


@pytest.mark.slow
@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_every_rule_does_the_same_in_french_while_two_processes_show_the_same(file: Path, tmp_path: Path) -> None:
    # Both ways to French: an explicit choice, and the default.
    doubled = spoken(file, "fr" if TESTS.index(file) % 2 else None)
    for case in doubled["tests"]:
        case["input_series"] += [
            each | {"series": twin(each["series"])}
            for each in case["input_series"]
            if each["series"].partition("{")[0] not in OF_ONE_PROCESS
        ]
    promtool("test", "rules", written(tmp_path / file.name, doubled))


def twin(series: str) -> str:
    """Return the same series of another process."""
    told, count = re.subn(r'(instance="[^"]+)"', r'\1, too"', series)
    return told if count else series.replace("}", ', instance="another"}')


def test_every_alert_is_tested_firing_with_its_words_and_silent() -> None:
    tested = [test for case in cases() for test in case.get("alert_rule_test", [])]
    firing = {test["alertname"] for test in tested if test["exp_alerts"]}
    silent = {test["alertname"] for test in tested if not test["exp_alerts"]}
    assert firing == silent == alerts().keys()


def test_every_recording_rule_is_tested() -> None:
    asked = {
        name
        for case in cases()
        for test in case.get("promql_expr_test", [])
        if test["exp_samples"]
        for name, _ in selectors(test["expr"])
    }
    assert records().keys() <= asked


def test_every_name_and_label_that_a_rule_asks_for_is_one_that_tocsin_has() -> None:
    known = families()
    own = {"up": SCRAPED, **{name: labels | SCRAPED for name, labels in known.items()}}
    asked = [rule["expr"] for rule in rules()]
    asked += [text for rule in alerts().values() for each in rule["annotations"].values() for text in queries(each)]
    asked += [measured(name, labels) for name in alerts() for labels in ({}, {"site": "lozere"})]
    for expression in asked:
        for name, matchers in selectors(expression):
            assert name in own or name in records(), f"no metric {name}: {expression}"
            assert name in records() or matchers.keys() <= own[name], f"{name} has no such label: {expression}"
            assert all(value in VALUES.get(label, {value}) for label, value in matchers.items()), expression


def test_the_tests_feed_what_tocsin_would_show() -> None:
    known = families()
    for case in cases():
        for each in case["input_series"]:
            ((name, labels),) = selectors(each["series"])
            if name == "up":
                assert labels["job"] in {job["job_name"] for job in content(PROMETHEUS)["scrape_configs"]}
                continue
            of = set(DESK_KINDS)
            others = of - labels.keys() if of <= known[name] else set()  # a series of incidents names one of them
            assert labels.keys() - SCRAPED == known[name] - others, each["series"]
            assert len(of & labels.keys()) <= 1, each["series"]
            assert all(value in VALUES.get(label, {value}) for label, value in labels.items()), each["series"]


def queries(annotation: str) -> list[str]:
    """Return the expressions in an annotation's queries, without the matchers that only an alert can fill."""
    asked = re.findall(r'printf "([^"]*{[^"]*)"', annotation)
    return [re.sub(r"%s,?|\w+='%s',?|\w+=%q", "", expression) for expression in asked]


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_says_what_is_seen_and_what_to_do_in_one_language_and_where(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"].keys() == {"severity", "team"}
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["labels"]["team"] in TEAMS
    said = rule["annotations"]
    assert said.keys() == {"summary", "description", "dashboard", "board", "runbook", "measured"}
    assert all(said[name].count(SPOKEN) == 1 for name in SAID)
    french, english = (said["description"].index(words) for words in ("À faire : ", "To do: "))
    assert french < english, "French is the default"
    assert DASHBOARD.fullmatch(said["dashboard"])
    assert BOARD.fullmatch(said["board"])
    assert said["runbook"] == f"docs/operations/alerts.md#{name.lower()}"


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_begins_with_its_office_its_process_or_how_many_offices(name: str) -> None:
    halves = alerts()[name]["annotations"]["summary"].split(SPOKEN)[1].split("{{- else -}}")
    assert len(halves) == 2
    for half in halves:
        assert PLACE.match(half.strip()), "a room of several offices must see which one is meant"


def test_every_alert_has_a_place_in_the_handbook() -> None:
    headings = set(re.findall(r"^#+ (\w+)$", HANDBOOK.read_text(), re.MULTILINE))
    assert alerts().keys() <= headings, "its heading is the alert's name alone"


def test_a_miscount_is_called_as_the_reports_call_it() -> None:
    french, english = alerts()["MiscountSuspected"]["annotations"]["summary"].split("{{- else -}}")
    for language, told in ((Language.FR, french), (Language.EN, english)):
        said = dict(re.findall(r'eq \$labels\.kind "([\w-]+)" }}([^{]+?) ?{{', told))
        missing = said.pop("missing")  # the alert does not know the cause, so it names both
        assert all(Words(language)(kind_of("line", "missing", cause)) in missing for cause in ("silence", ATTENDED))
        assert said == {kind: Words(language)(MISCOUNTS[kind]) for kind in get_args(Miscount) if kind != "missing"}
    french, english = alerts()["CasesMiscounted"]["annotations"]["summary"].split("{{- else -}}")
    for language, told in ((Language.FR, french), (Language.EN, english)):
        said = dict(re.findall(r'eq \$labels\.kind "([\w-]+)" }}([^{]+?) ?{{', told))
        assert said == {kind: Words(language)(kind_of("service", kind, "")) for kind in CASE_KINDS}
