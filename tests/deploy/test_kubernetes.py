"""The Kubernetes manifests: they build, match the schemas, need no rights, and are valid for Tocsin itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml

from config.offices import OfficeFiles, Offices
from tests.deploy.command import options
from tests.deploy.overlays import (
    FOLDER,
    FOREIGN,
    OFFICE,
    OVERLAYS,
    ROOT,
    Resource,
    built,
    example,
    of,
    pods,
    selected,
    written,
)

PODS = [(overlay, name) for overlay in OVERLAYS for name in ("tocsin-worker", "tocsin-board", "tocsin-topics")]
PODS += [("operators", "tocsin-desk"), ("nation", "tocsin-desk")]


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=PODS, ids=" ".join)
def pod(request: pytest.FixtureRequest) -> Resource:
    overlay, name = request.param
    return pods(overlay)[name]


@pytest.fixture
def container(pod: Resource) -> Resource:
    (container,) = pod["spec"]["containers"]
    return dict(container)


@pytest.mark.parametrize("version", ["1.29", kubernetes_validate.latest_version()])
def test_they_hold_to_the_schemas(overlay: str, version: str) -> None:
    for each in built(overlay):
        if each["apiVersion"] not in FOREIGN:
            kubernetes_validate.validate(each, version, strict=True)


def test_the_base_needs_no_operator() -> None:
    assert not {each["apiVersion"] for each in built("base")} & FOREIGN


def test_a_pod_has_no_rights(pod: Resource, container: Resource) -> None:
    """As the restricted standard for pods, which its namespace enforces, with a read-only root file system."""
    spec, security = pod["spec"], pod["spec"]["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    # Root owns a secret and only this group may read it: Tocsin rejects a secret that all may read.
    assert security["fsGroup"] == security["runAsGroup"]
    assert {each["projected"]["defaultMode"] for each in spec["volumes"] if "projected" in each} == {0o440}
    assert spec["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not any("hostPath" in volume for volume in spec["volumes"])


def test_a_pod_has_bounds(container: Resource) -> None:
    assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
    assert container["resources"]["limits"]["memory"]


def test_its_image_is_of_this_version(container: Resource) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert container["image"] == f"tocsin/tocsin:{project['version']}"


def test_its_command_is_one(container: Resource) -> None:
    if container["name"] == "desk":
        assert container["command"][0] == "sleep"  # for people's commands
        return
    said = options(container["args"])
    if "web_port" in said:
        assert said["web_host"] == "0.0.0.0"
        assert container["ports"] == [{"name": "web", "containerPort": said["web_port"]}]
        # Health fails while Kafka is away. A restart would not help, and the board shows its last figures.
        health, alive = {"httpGet": {"path": "/healthz", "port": "web"}}, {"tcpSocket": {"port": "web"}}
        asks = {"startupProbe": alive, "livenessProbe": alive, "readinessProbe": health}
        if container["name"] == "board":
            asks["readinessProbe"] = alive
        for probe, ask in asks.items():
            assert ask.items() <= container[probe].items()


def test_no_secret_stands_in_the_open(overlay: str) -> None:
    assert not of(overlay, "Secret")


def offices(overlay: str, name: str, folder: Path) -> Offices:
    """Return the offices of a pod as it would read them, its mounted files put into a folder."""
    pod = pods(overlay)[name]
    (container,) = pod["spec"]["containers"]
    maps = of(overlay, "ConfigMap")
    volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
    for mount in container["volumeMounts"]:
        place = folder / mount["mountPath"].lstrip("/")
        place.mkdir(parents=True)
        volume = volumes[mount["name"]]
        if "configMap" in volume:
            for file, text in maps[volume["configMap"]["name"]]["data"].items():
                (place / file).write_text(text)
        for source in volume.get("projected", {}).get("sources", ()):
            for file, text in maps[source["configMap"]["name"]]["data"].items() if "configMap" in source else ():
                (place / file).write_text(text)
            for item in source.get("secret", {}).get("items", ()):
                (place / item["path"]).write_text("secret")
                (place / item["path"]).chmod(0o600)  # owned by the user of this test, not by root
    (shared,) = container["envFrom"]
    environment = maps[shared["configMapRef"]["name"]]["data"] | {
        each["name"]: each["value"] for each in container["env"]
    }
    found = {name: value.replace("/etc/", f"{folder}/etc/") for name, value in environment.items()}
    return OfficeFiles(Path(found["TOCSIN_CONFIG"]), found).load()


@pytest.mark.parametrize(("overlay", "name"), PODS)
def test_a_pod_is_configured(overlay: str, name: str, tmp_path: Path) -> None:
    kafka = offices(overlay, name, tmp_path).shared.kafka
    if overlay == "base":
        assert kafka.security.protocol == "PLAINTEXT"
        assert kafka.security.user is None  # an office whose Kafka requires one sets it in tocsin-kafka
        return
    cluster = of(overlay, "Kafka")["tocsin"]
    (listener,) = cluster["spec"]["kafka"]["listeners"]
    assert kafka.bootstrap == f"{cluster['metadata']['name']}-kafka-bootstrap:{listener['port']}"
    assert listener["tls"]
    assert kafka.security.protocol == "SASL_SSL"
    assert kafka.security.mechanism.lower() == listener["authentication"]["type"]
    assert kafka.security.user in written("KafkaUser")
    projected = next(each["projected"] for each in pods(overlay)[name]["spec"]["volumes"] if "projected" in each)
    assert [source["secret"]["name"] for source in projected["sources"]] == [
        f"{cluster['metadata']['name']}-cluster-ca-cert",
        kafka.security.user,
    ]


def test_what_kubernetes_puts_into_the_environment_is_kept_out(pod: Resource) -> None:
    """`TOCSIN_BOARD_SERVICE_HOST` is not a key of the configuration, and would be rejected."""
    assert pod["spec"]["enableServiceLinks"] is False


def test_what_selects_pods_finds_them(overlay: str) -> None:
    assert selected(of(overlay, "PodDisruptionBudget")["tocsin-worker"]["spec"]["selector"], overlay) == {
        "tocsin-worker"
    }
    assert selected(of(overlay, "Service")["tocsin-board"]["spec"]["selector"], overlay) == {"tocsin-board"}
    policies = of(overlay, "NetworkPolicy")
    assert selected(policies["tocsin-nothing"]["spec"]["podSelector"], overlay) == {*pods(overlay)}
    assert policies["tocsin-nothing"]["spec"].keys() == {"podSelector", "policyTypes"}
    for monitor in of(overlay, "PodMonitor").values():
        assert selected(monitor["spec"]["selector"], overlay) == {*pods(overlay)}


def egress(policies: Iterable[Resource]) -> set[int]:
    """Return the ports to which policies let pods connect."""
    rules = [rule for each in policies for rule in each["spec"].get("egress", ())]
    return {port["port"] for rule in rules for port in rule["ports"]}


def test_pods_may_speak_with_kafka_and_the_names_alone(overlay: str) -> None:
    assert egress(of(overlay, "NetworkPolicy").values()) == {53, 9092 if overlay == "base" else 9093}


def test_an_office_with_a_kafka_of_its_own_is_an_overlay(tmp_path: Path) -> None:
    found = example("base", tmp_path)
    (told,) = (each["data"] for each in found if "TOCSIN_KAFKA_BOOTSTRAP" in each.get("data", ()))
    port = int(told["TOCSIN_KAFKA_BOOTSTRAP"].rpartition(":")[2])
    assert egress(each for each in found if each["kind"] == "NetworkPolicy") == {53, port}
    (worker,) = (each for each in found if each["kind"] == "Deployment" and each["metadata"]["name"] == "tocsin-worker")
    assert worker["spec"]["template"]["spec"]["containers"][0]["image"].startswith("registry.example/")


def test_an_office_in_a_namespace_of_its_own_is_an_overlay(tmp_path: Path) -> None:
    found = example("operators", tmp_path)
    (namespace,) = (each["metadata"]["name"] for each in found if each["kind"] == "Namespace")
    assert namespace != "tocsin"
    assert {each["metadata"].get("namespace", namespace) for each in found} == {namespace}
    (scaled,) = (each for each in found if each["kind"] == "ScaledObject")
    host = scaled["spec"]["triggers"][0]["metadata"]["bootstrapServers"].partition(":")[0]
    assert host == f"tocsin-kafka-bootstrap.{namespace}.svc"
    (monitor,) = (each for each in found if each["kind"] == "PodMonitor")
    assert "release" in monitor["metadata"]["labels"]


def test_a_nations_offices_are_a_folder_whose_change_replaces_no_pod(tmp_path: Path) -> None:
    assert offices("nation", "tocsin-worker", tmp_path).sites.keys() == {"cantal", "correze", "creuse"}
    for each in ("cantal", "correze", "creuse"):
        shipped = ROOT / "examples/nation/offices" / f"{each}.yaml"
        assert (FOLDER / "nation/offices" / f"{each}.yaml").read_text() == shipped.read_text()
    volumes = pods("nation")["tocsin-worker"]["spec"]["volumes"]
    (told,) = (each["projected"]["sources"] for each in volumes if each["name"] == "offices")
    assert [each["configMap"]["name"] for each in told] == ["tocsin-offices"]  # without a hash of its content
    found = example("nation", tmp_path)
    (files,) = (each["data"] for each in found if each["metadata"]["name"] == "tocsin-offices")
    assert files.keys() == {"mende.yaml", "rodez.yaml"}


def test_one_worker_is_replaced_at_a_time_and_the_next_once_prometheus_has_seen_it() -> None:
    worker = of("nation", "Deployment")["tocsin-worker"]["spec"]
    assert worker["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    (monitor,) = of("nation", "PodMonitor").values()
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert worker["minReadySeconds"] >= 2 * int(endpoint["interval"].removesuffix("s"))
    (scaled,) = of("nation", "ScaledObject").values()
    assert scaled["spec"]["minReplicaCount"] == 3
    assert {each["type"] for each in scaled["spec"]["triggers"]} == {"kafka", "prometheus"}


def test_jobs_have_the_names_that_rules_go_by() -> None:
    (monitor,) = of("operators", "PodMonitor").values()
    label = monitor["spec"]["jobLabel"]
    jobs = {pod["metadata"]["labels"][label] for pod in pods("operators").values()}
    scraped = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    assert {each["job_name"] for each in scraped} < jobs


def test_the_office_is_the_one_that_is_shipped() -> None:
    assert OFFICE.read_text() == (ROOT / "config" / "lozere.yaml").read_text()
