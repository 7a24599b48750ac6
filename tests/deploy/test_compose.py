"""The compose file: every service has minimal rights, and nothing is reachable from outside of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.kafka import apache
from agents.language import Language
from deploy.grafana.__main__ import PAGES, texts
from tests.deploy.command import options

DEPLOY = Path(__file__).parents[2] / "deploy"
FOLDER = DEPLOY / "compose"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
IMAGE_BOARDS = "/opt/tocsin/share/grafana"
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
TOCSINS = {name for name, service in SERVICES.items() if "TOCSIN_IMAGE" in service["image"]}


def usual(text: str) -> str:
    """Return a text with each `${NAME:-value}` replaced by its default."""
    while (inner := re.sub(r"\$\{\w+:-([^{}]*)\}", r"\1", text)) != text:
        text = inner
    return text


def option(name: str, flag: str) -> str:
    """Return the value of a flag in a service's command."""
    (said,) = (each for each in SERVICES[name]["command"] if each.startswith(f"{flag}="))
    return str(said.removeprefix(f"{flag}="))


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
    described = yaml.safe_load((DEPLOY.parent / "publiccode.yml").read_text(encoding="utf-8"))
    assert described["softwareVersion"] == project["version"]


@pytest.mark.parametrize("name", sorted(TOCSINS))
def test_ours_are_built_here_and_asked_for_nowhere(name: str) -> None:
    assert SERVICES[name]["build"]
    assert usual(SERVICES[name]["pull_policy"]) == "never"


def test_who_is_not_signed_in_sees_nothing_unless_the_operator_wants_it_and_then_changes_nothing() -> None:
    grafana = SERVICES["grafana"]["environment"]
    assert usual(grafana["GF_AUTH_ANONYMOUS_ENABLED"]) == "false"
    assert grafana["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"


def test_no_secret_is_in_an_environment(service: dict[str, Any]) -> None:
    secret = [name for name in service.get("environment", ()) if re.search("PASSWORD|SECRET|KEY|TOKEN", name)]
    assert all(name.endswith("__FILE") for name in secret)


def test_what_it_mounts_is_there_and_stays_as_it_is(service: dict[str, Any]) -> None:
    for volume in service.get("volumes", ()):
        if isinstance(volume, dict):
            source, kept = usual(volume["source"]), volume["read_only"]
            assert volume["bind"] == {"create_host_path": False}
        else:
            source, _target, *mode = volume.split(":")
            kept = mode == ["ro"]
        if "/" in source:
            assert (FOLDER / source).exists(), source
            assert kept
        else:
            assert source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", sorted(TOCSINS - {"boards", "password"}))
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


def test_what_can_be_said_stands_in_the_handbook() -> None:
    handbook = (DEPLOY.parent / "docs/operations/install.md").read_text()
    variables = set(re.findall(r"\$\{(\w+):-", (FOLDER / "compose.yaml").read_text()))
    assert {name for name in variables if f"`{name}`" not in handbook} == set()


def test_links_lead_to_the_ports_that_are_open() -> None:
    for name, url in {
        "prometheus": option("prometheus", "--web.external-url"),
        "alertmanager": option("alertmanager", "--web.external-url"),
        "grafana": SERVICES["grafana"]["environment"]["GF_SERVER_ROOT_URL"],
        "board": SERVICES["prometheus"]["environment"]["BOARD_URL"],
    }.items():
        (port,) = SERVICES[name]["ports"]
        assert url == f"${{{name.upper()}_URL:-http://{port.rpartition(':')[0]}}}"


def test_prometheus_is_that_of_one_machine_but_for_where_things_are() -> None:
    text = (FOLDER / "prometheus.yml").read_text()
    for variable, value in SERVICES["prometheus"]["environment"].items():
        text = text.replace(f"${{{variable}}}", usual(value))
    here = yaml.safe_load(text)
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
    (boards,) = (each.split(":")[1] for each in grafana["volumes"] if each.startswith("boards:"))
    for file in (DEPLOY / "grafana" / "provisioning").rglob("*.yaml"):
        text = file.read_text()
        assert set(re.findall(r"\$\{(\w+)\}", text)) <= grafana["environment"].keys()
        for provider in yaml.safe_load(text).get("providers", ()):
            assert provider["options"]["path"] == boards


@pytest.mark.parametrize("language", Language)
def test_grafana_has_the_boards_of_the_image_in_one_language_with_links_to_the_pages(
    language: Language, tmp_path: Path
) -> None:
    (command,) = SERVICES["boards"]["command"]
    (volume,) = SERVICES["boards"]["volumes"]
    kept, image = tmp_path / "kept", tmp_path / "image"
    for folder in (kept, image / language):
        folder.mkdir(parents=True)
    (kept / "tocsin-gone.json").touch()
    written = texts(language)
    for name, text in written.items():
        (image / language / name).write_text(text, encoding="utf-8")
    command = command.replace("$$", "$").replace(volume.partition(":")[2], str(kept)).replace(IMAGE_BOARDS, str(image))
    said = {"ALERTS_LANGUAGE": language, "BOARD_URL": "https://tocsin.example"}
    subprocess.run([*SERVICES["boards"]["entrypoint"], command], env={**os.environ, **said}, check=True)
    found = {path.name: path.read_text(encoding="utf-8") for path in kept.iterdir()}
    assert found.pop("language") == {Language.FR: "fr-FR\n", Language.EN: "en-US\n"}[language]
    assert found == {name: text.replace(PAGES, "https://tocsin.example") for name, text in written.items()}
    of_grafana = SERVICES["grafana"]["environment"]["GF_USERS_DEFAULT_LANGUAGE__FILE"]
    assert f"boards:{Path(of_grafana).parent}:ro" in SERVICES["grafana"]["volumes"]
    assert SERVICES["boards"]["environment"].keys() == said.keys()


def test_the_boards_are_where_the_image_has_them() -> None:
    assert f"-m deploy.grafana {IMAGE_BOARDS}\n" in (DEPLOY / "Dockerfile").read_text()
