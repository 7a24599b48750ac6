"""Format 7 to 8: evidence holds the facts of a sentence, in place of the sentence itself in French and in English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def migrate(kind: str, state: dict[str, Any]) -> None:
    if kind == "LineState":
        keep_sentences(state["watch"].get("incidents", ()))


def keep_sentences(incidents: Iterable[dict[str, Any]]) -> None:
    """Keep the written sentences of incidents as they are, in place."""
    for incident in incidents:
        incident["evidence"] = [_with_facts(each) for each in incident.get("evidence", ())]


def _with_facts(evidence: list[Any]) -> list[Any]:
    *figures, french, english = evidence[:6]
    return [*figures, ["KeptSentences", french, english], *evidence[6:]]
