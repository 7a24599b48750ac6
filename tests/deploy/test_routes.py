"""Alertmanager's routes: every alert has a receiver, and inhibited alerts have the names of the rules."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any, Final
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.deploy.servers import ALERTMANAGER, alertmanager, program
from tests.deploy.test_rules import TEAMS, VALUES, alerts
from tests.waiting import PATIENCE

TAKEN: Final = ("IncidentTaken", "MiscountSuspected")  # of one incident


def amtool(*arguments: str) -> str:
    run = subprocess.run([program("amtool"), *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def settings() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(ALERTMANAGER.read_text())
    return found


def test_alertmanager_takes_the_configuration() -> None:
    assert "SUCCESS" in amtool("check-config", str(ALERTMANAGER))


@pytest.mark.parametrize("name", sorted(alerts()))
def test_an_alert_goes_to_its_team(name: str) -> None:
    labels = {"alertname": name, **alerts()[name]["labels"]}
    told = [f"{label}={value}" for label, value in labels.items()]
    amtool(
        *("config", "routes", "test", f"--config.file={ALERTMANAGER}", f"--verify.receivers={labels['team']}"), *told
    )


def test_lines_that_fall_silent_together_are_one_message() -> None:
    labels = ("alertname=MiscountSuspected", "severity=counting", "team=qualite", "site=lozere", "kind=missing")
    shown = amtool("config", "routes", "test", f"--config.file={ALERTMANAGER}", "--tree", *labels)
    assert 'kind="missing"' in shown, "it takes the route of its own"
    (route,) = [each for each in settings()["route"]["routes"] if 'kind = "missing"' in each.get("matchers", [])]
    assert route["group_by"] == ["site"]
    others = alerts()["IncidentUndecided"]["labels"]
    assert others["severity"] != "counting", "a closed office is told by its team's route"
    (team,) = [each for each in settings()["route"]["routes"] if each["matchers"] == ['team = "qualite"']]
    assert team["group_by"] == ["site"]


def test_receivers_are_the_teams_and_each_is_on_this_machine() -> None:
    receivers = {each["name"]: each.get("webhook_configs", []) for each in settings()["receivers"]}
    assert receivers.keys() == TEAMS
    assert [name for name, hooks in receivers.items() if not hooks] == ["nobody"]
    assert all(hook["url"].startswith("http://127.0.0.1:") for hooks in receivers.values() for hook in hooks)


def test_what_inhibits_and_is_inhibited_exists() -> None:
    matchers = [
        re.fullmatch(r'(\w+) =~? "([^"]+)"', matcher)
        for rule in settings()["inhibit_rules"]
        for matcher in rule["source_matchers"] + rule["target_matchers"]
    ]
    known: dict[str, set[str]] = {"alertname": set(alerts()), "kind": set()} | {
        label: {value}
        for rule in alerts().values()
        for label, value in re.findall(r'label_replace\(.*, "(\w+)", "(\w+)", "", ""\)', rule["expr"])
    }
    known["kind"] |= VALUES["kind"]
    for matcher in matchers:
        assert matcher is not None
        assert set(matcher[2].split("|")) <= known[matcher[1]]


def test_what_holds_an_office_back_outlasts_what_it_holds_back() -> None:
    (source,) = (each["keep_firing_for"] for name, each in alerts().items() if name == "PartOfSeveralOffices")
    held = [rule for rule in settings()["inhibit_rules"] if "PartOfSeveralOffices" in rule["source_matchers"][0]]
    names = {name for rule in held for name in rule["target_matchers"][0].split('"')[1].split("|")}
    longest = max(int(alerts()[name].get("keep_firing_for", "0m").removesuffix("m")) for name in names)
    assert longest < int(source.removesuffix("m"))


@pytest.mark.broker
def test_what_several_offices_go_through_is_told_once_and_who_waits_at_one_all_the_same() -> None:
    fired = [
        {
            "alertname": "OfficesOverloaded",
            "scope": "nation",
            "kind": "overload",
            **alerts()["OfficesOverloaded"]["labels"],
        },
        *({"alertname": "PartOfSeveralOffices", "site": "lozere", "kind": kind} for kind in ("overload", "multi-leg")),
        *({"alertname": "LineOverloaded", "site": site, "line": "standard"} for site in ("lozere", "gard")),
        {"alertname": "CallersWaiting", "site": "lozere", "line": "standard"},
        *({"alertname": "MiscountSuspected", "site": "lozere", "kind": kind} for kind in ("multi-leg", "drift")),
        {"alertname": "NothingHeard", "site": "lozere"},
        *({"alertname": each, "site": "gard", "line": "standard", "kind": "reset"} for each in TAKEN),
        {"alertname": "MiscountSuspected", "site": "gard", "line": "other", "kind": "reset"},
    ]
    with alertmanager(settings()) as sender:
        body = json.dumps([{"labels": each} for each in fired]).encode()
        asked = Request(f"http://{sender.address}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urlopen(asked, timeout=PATIENCE):
            pass
        held = {("LineOverloaded", "lozere", None), ("MiscountSuspected", "lozere", "multi-leg")}
        held |= {("MiscountSuspected", "gard", "reset")}

        def suppressed() -> set[tuple[str, str, str | None]]:
            return {(each["alertname"], each["site"], each.get("kind")) for each in sender.alerts("suppressed")}

        sender.wait(lambda: suppressed() == held)
        told = {(each["alertname"], each.get("site")) for each in sender.alerts("active")}
        assert {("OfficesOverloaded", None), ("LineOverloaded", "gard"), ("CallersWaiting", "lozere")} <= told
        assert {("NothingHeard", "lozere"), ("MiscountSuspected", "gard")} <= told
