"""The Kubernetes resources of rules and boards have the content of our files."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml

from agents.language import Language
from deploy.grafana.__main__ import texts
from deploy.monitoring import RULES, resources
from tests.deploy.overlays import ROOT

# A client-side apply keeps a copy of the resource in an annotation, which may take this many bytes.
MOST = 262_144


def made(kind: str, **more: Any) -> list[dict[str, Any]]:
    asked = {"release": "kube", "label": "grafana_dashboard", "language": Language.FR, "pages": "https://t.example"}
    return [each for each in resources(**asked | more) if each["kind"] == kind]


def test_each_file_of_rules_is_a_resource_of_its_groups() -> None:
    rules = {each["metadata"]["name"]: each["spec"] for each in made("PrometheusRule")}
    assert rules == {f"tocsin-{file.stem}": yaml.safe_load(file.read_text()) for file in RULES.glob("*.yml")}
    assert all(each["metadata"]["labels"] == {"release": "kube"} for each in made("PrometheusRule"))


@pytest.mark.parametrize("language", Language)
def test_each_board_is_a_config_map_of_its_language(language: Language) -> None:
    boards = made("ConfigMap", language=language)
    for each in boards:
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)
        assert len(json.dumps(each)) < MOST
    data = {name: board for each in boards for name, board in each["data"].items()}
    assert data == texts(language, "https://t.example")


@pytest.mark.slow
def test_the_command_writes_them_all() -> None:
    words = [sys.executable, "-m", "deploy.monitoring", "--language", "en", "--pages", "https://t.example"]
    run = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
    asked = ("kube-prometheus-stack", "grafana_dashboard", Language.EN, "https://t.example")
    assert [*yaml.safe_load_all(run.stdout)] == [*resources(*asked)]
