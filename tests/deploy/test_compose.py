"""The compose file: every service has no more rights than it needs, and nothing is open beyond this machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents import apache
from tests.deploy.command import options

DEPLOY = Path(__file__).parents[2] / "deploy"
FOLDER = DEPLOY / "compose"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
TOCSINS = {name for name, service in SERVICES.items() if "TOCSIN_IMAGE" in service["image"]}


def usual(text: str) -> str:
    """Return what a text with `${NAME:-value}` in it says where the environment says nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SERVICES[request.param]


def test_all_that_ops_watch_is_there() -> None:
    assert set(SERVICES) - ONCE == {"kafka", "worker", "board", "prometheus", "alertmanager", "grafana"}


def test_it_has_no_rights(service: dict[str, Any]) -> None:
    assert int(service["user"].partition(":")[0]) > 0
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service
    assert "privileged" not in service


def test_it_has_bounds(service: dict[str, Any]) -> None:
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_looked_after(name: str) -> None:
    service = SERVICES[name]
    if name in ONCE:
        waiting = [other["depends_on"][name] for other in SERVICES.values() if name in other.get("depends_on", {})]
        assert {each["condition"] for each in waiting} == {"service_completed_successfully"}
    else:
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"


def test_it_is_open_to_this_machine_alone(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert service.get("network_mode", "none") == "none"


def test_its_image_is_of_one_version(service: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", usual(service["image"]))


def test_ours_are_of_the_versions_here() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]
    assert {usual(SERVICES[name]["image"]) for name in TOCSINS} == {f"tocsin/tocsin:{project['version']}"}
    assert usual(SERVICES["kafka"]["image"]) == f"apache/kafka:{apache.version()}"


def test_no_secret_is_in_an_environment(service: dict[str, Any]) -> None:
    secret = [name for name in service.get("environment", ()) if re.search("PASSWORD|SECRET|KEY|TOKEN", name)]
    assert all(name.endswith("__FILE") for name in secret)


def test_what_it_mounts_is_there_and_stays_as_it_is(service: dict[str, Any]) -> None:
    for volume in service.get("volumes", ()):
        if isinstance(volume, dict):
            source, kept = usual(volume["source"]), volume["read_only"]
        else:
            source, _target, *mode = volume.split(":")
            kept = mode == ["ro"]
        if "/" in source:
            assert (FOLDER / source).exists(), source
            assert kept
        else:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", sorted(TOCSINS - {"password"}))
def test_its_command_is_one(name: str) -> None:
    said = options(SERVICES[name]["command"])
    if name not in ONCE:
        assert said["web_host"] == "0.0.0.0"
        assert f":{said['web_port']}/healthz" in SERVICES[name]["healthcheck"]["test"][-1]


def test_the_host_sees_a_kafka_of_its_own_address() -> None:
    kafka = SERVICES["kafka"]
    (port,) = (usual(port) for port in kafka["ports"])
    said = {name: usual(value) for name, value in kafka["environment"].items()}
    assert port == f"{said['KAFKA_OUTSIDE']}:{said['KAFKA_OUTSIDE_PORT']}"
    assert said["KAFKA_ADVERTISED"] == SERVICES["worker"]["environment"]["TOCSIN_KAFKA_BOOTSTRAP"]


def test_prometheus_is_that_of_one_machine_but_for_where_things_are() -> None:
    here = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    there = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    for each in (*here["scrape_configs"], *here["alerting"]["alertmanagers"]):
        (lookup,) = each.pop("dns_sd_configs")
        (name,) = lookup["names"]
        assert lookup["type"] == "A"
        each["static_configs"] = [{"targets": [f"127.0.0.1:{lookup['port']}"]}]
        assert "watch" in SERVICES[name]["networks"]
    assert here == there


def test_grafana_is_told_what_its_provisioning_asks_for() -> None:
    grafana = SERVICES["grafana"]
    mounts = dict(volume.split(":")[1::-1] for volume in grafana["volumes"])
    for file in (DEPLOY / "grafana" / "provisioning").rglob("*.yaml"):
        text = file.read_text()
        assert set(re.findall(r"\$\{(\w+)\}", text)) <= grafana["environment"].keys()
        for provider in yaml.safe_load(text).get("providers", ()):
            assert list((FOLDER / mounts[provider["options"]["path"]]).glob("*.json"))
