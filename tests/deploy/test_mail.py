"""The CronJob that sends mails: it builds on either overlay, needs no rights, and calls `tocsin mail` correctly."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml

from tests.deploy.overlays import FOLDER, OFFICE, OVERLAYS, ROOT, build, pods, written
from tests.deploy.test_kubernetes import egress

COMPONENT = FOLDER / "mail"


@pytest.fixture(params=OVERLAYS)
def resources(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Return the resources that mails add to an overlay, as the head of the component shows it."""
    overlay = str(request.param)
    shown = "\n".join(re.findall(r"(?m)^#   (.*)$", (COMPONENT / "kustomization.yaml").read_text()))
    told = yaml.safe_load(shown.replace("path/to/mail", os.path.relpath(COMPONENT, tmp_path)))
    told["resources"] = [os.path.relpath(FOLDER / overlay, tmp_path)]
    if overlay == "base":
        del told["patches"]
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(told))
    shutil.copy(OFFICE, tmp_path)
    return {each["kind"]: each for each in build(tmp_path) if each["metadata"]["name"] == "tocsin-mail"}


def test_it_holds_to_the_schemas(resources: dict[str, Any]) -> None:
    for kind in ("CronJob", "NetworkPolicy"):
        for version in ("1.29", kubernetes_validate.latest_version()):
            kubernetes_validate.validate(resources[kind], version, strict=True)


def test_its_pod_has_no_rights_and_is_as_the_others(resources: dict[str, Any]) -> None:
    spec = resources["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    other = pods("base")["tocsin-board"]["spec"]
    (beside,) = other["containers"]
    for key in ("securityContext", "automountServiceAccountToken", "enableServiceLinks"):
        assert spec[key] == other[key]
    assert container["securityContext"] == beside["securityContext"]
    assert container["resources"]["limits"]["memory"]
    assert {each["projected"]["defaultMode"] for each in spec["volumes"] if "projected" in each} == {0o440}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (container["image"], container["args"]) == (f"tocsin/tocsin:{project['version']}", ["mail"])


def test_no_two_runs_are_made_at_once_and_one_that_failed_waits_for_the_next(resources: dict[str, Any]) -> None:
    spec = resources["CronJob"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0


def test_it_may_speak_with_a_mail_server_besides(resources: dict[str, Any]) -> None:
    assert egress([resources["NetworkPolicy"]]) == {25, 465, 587}
    labels = resources["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert resources["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def test_with_operators_it_is_a_user_of_its_own(resources: dict[str, Any]) -> None:
    (container,) = resources["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    environment = {each["name"]: each["value"] for each in container["env"]}
    assert environment.get("TOCSIN_KAFKA_SECURITY_USER", "tocsin-mail") in written("KafkaUser")
