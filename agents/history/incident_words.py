"""An incident in words, in the chosen language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.history.incident_schema import IncidentJson, desk_in
from agents.language import Language
from agents.pages import words
from agents.translation import spoken_language, text


def standing(incident: IncidentJson) -> str:
    """Return an incident's status in words."""
    return text(words.STANDINGS[incident["status"]])


def verdict(incident: IncidentJson) -> str:
    return text(words.verdict_of(desk_in(incident).kind, incident["verdict"]))


def kind(incident: IncidentJson) -> str:
    return text(words.kind_of(desk_in(incident).kind, incident["kind"], incident["cause"]))


def what(incident: IncidentJson) -> str:
    """Return an incident's verdict and kind; if both read the same, only one of them."""
    return ", ".join(dict.fromkeys((verdict(incident), kind(incident))))


def says(evidence: Mapping[str, Any]) -> str:
    """Return a check's sentence."""
    french = spoken_language() is Language.FR
    return str(evidence["says"] if french else evidence["says_en"])
