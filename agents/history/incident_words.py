"""An incident of the record in words, in the spoken language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents.history.incident_schema import IncidentJson
from agents.language import Language
from agents.pages import words
from agents.translation import spoken_language, text


def standing(incident: IncidentJson) -> str:
    """Say how an incident stands."""
    return text(words.STANDINGS[incident["status"]])


def verdict(incident: IncidentJson) -> str:
    """Say whose fault it is."""
    return text(words.VERDICTS[incident["verdict"]])


def kind(incident: IncidentJson) -> str:
    """Say which way of counting wrong it is."""
    return text(words.MISCOUNTS[incident["kind"]])


def what(incident: IncidentJson) -> str:
    """Say whose fault it is and what: once where that is the same."""
    return ", ".join(dict.fromkeys((verdict(incident), kind(incident))))


def says(evidence: Mapping[str, Any]) -> str:
    """Return what a check says of it."""
    french = spoken_language() is Language.FR
    return str(evidence["says"] if french else evidence["says_en"])
