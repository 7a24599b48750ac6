"""Grafana's boards as Grafana reads them: panels, variables, and queries with the variables filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from agents.language import Language
from deploy.grafana.__main__ import texts
from tests.deploy.servers import Prometheus

SEVERAL: Final = {"line", "service"}
SINCE: Final = {"$__interval": "3s", "$__range": "1m"}


def made(language: Language) -> dict[str, dict[str, Any]]:
    return {name: json.loads(text) for name, text in texts(language).items()}


def panels(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in found["panels"] if panel["type"] != "row"]


def variables(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in found["templating"]["list"] if each["type"] == "query"]


def filled(query: str, chosen: Mapping[str, str]) -> str:
    for name, value in sorted(chosen.items(), reverse=True):  # longer names first
        query = query.replace(name, value)
    return query


def choice(server: Prometheus, found: dict[str, Any]) -> dict[str, str]:
    """Return the values of a board's variables: one choice, or all of them if the queries take several."""
    chosen = dict(SINCE)
    for each in variables(found):
        options = _options(server, filled(each["query"]["query"], chosen), each.get("regex", ""))
        assert options, f"nothing to choose for {each['name']}"
        chosen[f"${each['name']}"] = f"({'|'.join(options)})" if each["name"] in SEVERAL else max(options)
    return chosen


def _options(server: Prometheus, query: str, regex: str) -> list[str]:
    if asked := re.fullmatch(r"label_values\((.+), (\w+)\)", query):
        found: list[str] = server.get(f"/api/v1/label/{asked[2]}/values", **{"match[]": asked[1]})["data"]
        return found
    asked = re.fullmatch(r"query_result\((.+)\)", query)
    assert asked, query
    pattern = re.compile(regex.strip("/").replace("(?<", "(?P<"))
    # As Grafana writes a series before the expression picks from it.
    series = [
        "{" + ",".join(f'{name}="{value}"' for name, value in sorted(each.labels.items())) + f"}} {each.value}"
        for each in server.query(asked[1])
    ]
    matches = [pattern.search(each) for each in series]
    assert all(match and match[1] for match in matches), series
    return [match.groupdict().get("value", match[1]) for match in matches if match]


def tiles(server: Prometheus, panel: dict[str, Any], chosen: dict[str, str]) -> dict[str, tuple[str, str | None]]:
    """Return the words and the colour of each figure that a panel shows of one line, by its name.

    A value without a word is written as a share.
    """
    found = {}
    particular = {each["matcher"]["options"]: each["properties"] for each in panel["fieldConfig"]["overrides"]}
    for target in panel["targets"]:
        of = {each["id"]: each["value"] for each in particular.get(target["refId"], ())}
        for sample in server.query(filled(target["expr"], chosen)):
            text, colour = f"{sample.value:.0%}", of.get("color", {}).get("fixedColor")
            for each in of.get("mappings", ()):
                words = {"nan": each["options"]["result"]} if each["type"] == "special" else each["options"]
                if word := words.get(f"{sample.value:g}"):
                    text, colour = word["text"], word.get("color", colour)
            found[target["legendFormat"]] = (text, colour)
    return found
