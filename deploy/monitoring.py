"""Write the rules and the boards as Kubernetes resources: `python -m deploy.monitoring | kubectl apply ... -f -`.

A file of rules becomes a PrometheusRule for Prometheus' operator, a board a ConfigMap for Grafana's sidecar.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from agents.language import Language
from deploy.grafana.__main__ import PAGES, texts

RULES: Final = Path(__file__).parent / "prometheus" / "rules"


def resources(release: str, label: str, language: Language, pages: str) -> Iterator[dict[str, Any]]:
    """Yield the resources.

    `release` is the value of the label `release` that Prometheus looks for, `label` the name of the one that Grafana
    looks for, `pages` the address of `tocsin board` for browsers.
    """
    for file in sorted(RULES.glob("*.yml")):
        yield {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": f"tocsin-{file.stem}", "labels": {"release": release}},
            "spec": yaml.safe_load(file.read_text(encoding="utf-8")),
        }
    for name, board in texts(language, pages).items():
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name.removesuffix(".json"), "labels": {label: "1"}},
            "data": {name: board},
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.monitoring", description=__doc__)
    parser.add_argument(
        "--release",
        default="kube-prometheus-stack",
        help="the label `release` of rules that Prometheus reads (%(default)s)",
    )
    parser.add_argument(
        "--label", default="grafana_dashboard", help="the label of ConfigMaps that Grafana reads (%(default)s)"
    )
    parser.add_argument("--language", default=Language.FR, type=Language, choices=[*Language], help="%(default)s")
    parser.add_argument("--pages", default=PAGES, help="where browsers find the pages of `tocsin board` (%(default)s)")
    asked = parser.parse_args()
    written = resources(asked.release, asked.label, asked.language, asked.pages)
    yaml.safe_dump_all(written, sys.stdout, allow_unicode=True, sort_keys=False, width=1000)


if __name__ == "__main__":
    main()
