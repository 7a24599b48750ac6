"""The Kubernetes manifests, as kubectl builds them and as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAYS = ["base", "operators", "nation"]
# Kinds of the operators: their schemas come with them, not with Kubernetes.
FOREIGN = {"kafka.strimzi.io/v1", "keda.sh/v1alpha1", "monitoring.coreos.com/v1"}
OFFICE = FOLDER / "base" / "office.yaml"

Resource = dict[str, Any]


@cache
def kustomize() -> int:
    """Return the major version of kubectl's kustomize; 0 if it is missing or unknown."""
    if not shutil.which("kubectl"):
        return 0
    run = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True, check=False)
    found = re.search(r"(?m)^Kustomize Version: v(\d+)", run.stdout)
    return int(found[1]) if found else 0


def build(folder: Path) -> list[Resource]:
    """Return the resources that `kubectl apply -k` would send."""
    if kustomize() < 5:
        pytest.skip("needs kubectl 1.27 or later, whose kustomize builds them")
    run = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return [*yaml.safe_load_all(run.stdout)]


@cache
def built(overlay: str) -> list[Resource]:
    """Return the resources of one of our overlays."""
    return build(FOLDER / overlay)


def example(overlay: str, folder: Path) -> list[Resource]:
    """Return the resources of an office's own overlay, as the head of ours shows it."""
    shown = re.findall(r"(?m)^#   (.*)$", (FOLDER / overlay / "kustomization.yaml").read_text())
    text = "\n".join(shown).replace(f"path/to/{overlay}", os.path.relpath(FOLDER / overlay, folder))
    (folder / "kustomization.yaml").write_text(text)
    shutil.copy(OFFICE, folder)
    for file in re.findall(r"[\w/]+\.yaml", text):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).touch()
    return build(folder)


def of(overlay: str, *kinds: str) -> dict[str, Resource]:
    return {each["metadata"]["name"]: each for each in built(overlay) if each["kind"] in kinds}


def written(kind: str) -> dict[str, Resource]:
    """Return the resources of an operator's kind, which no build changes."""
    files = (FOLDER / "operators").glob("*.yaml")
    every = (each for file in files for each in yaml.safe_load_all(file.read_text()))
    return {each["metadata"]["name"]: each for each in every if each["kind"] == kind}


def pods(overlay: str) -> dict[str, Resource]:
    """Return the templates of Tocsin's pods."""
    return {name: each["spec"]["template"] for name, each in of(overlay, "Deployment", "Job").items()}


def selected(selector: Mapping[str, Any], overlay: str) -> set[str]:
    labels = selector.get("matchLabels", selector)
    return {name for name, pod in pods(overlay).items() if labels.items() <= pod["metadata"]["labels"].items()}
