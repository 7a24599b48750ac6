"""What persons do with incidents: see them, and say what they were.

Incidents are read from their topic, decisions are written to the reviews' topic; the worker that owns the line does
the rest.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.table import Table

from agents.history import incident as published
from agents.ingest.send import address
from agents.kafka.client import Topic, topic
from agents.kafka.reading import latest, leaving_out
from agents.kafka.sending import sending
from config.settings import Settings
from streams.events import Review

Incident = dict[str, Any]  # as `agents.history.incidents.of` gives it, with its site

_ORDER: Final = ("open", "confirmed", "dismissed", "closed")


class ReviewError(ValueError):
    """Tell that what a person asked for cannot be, and what was expected."""


def incidents(settings: Settings) -> list[Incident]:
    """Return the latest state of every incident of the site: the open ones first, then the latest first.

    Raises `KafkaError` where the broker does not answer.
    """
    own = []
    for record in latest(settings, topic(settings, Topic.INCIDENTS)):
        with leaving_out(record):
            told = published.read(record.value or b"")
            if told["site"] == settings.site:
                own.append(told)
    own.sort(key=lambda each: datetime.fromisoformat(each["from"]), reverse=True)
    return sorted(own, key=lambda each: _ORDER.index(each["status"]))


def incident(settings: Settings, name: str) -> Incident:
    """Return the incident of an id; raise `ReviewError` where there is none."""
    known = incidents(settings)
    for each in known:
        if each["id"] == name:
            return each
    several = ", ".join(each["id"] for each in known[:5]) or "none, as there are no incidents"
    raise ReviewError(f"incident {name!r} is unknown; expected one of `tocsin review list`: {several}")


def moment(text: str, zone: str) -> datetime:
    """Return a moment that a person writes: RFC 3339, or without an offset in the office's zone.

    >>> moment("2013-03-04 08:30", "Europe/Paris").isoformat()
    '2013-03-04T08:30:00+01:00'
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ReviewError(f"{text!r} is no moment; expected one such as 2013-03-04T08:30") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def send(settings: Settings, review: Review) -> None:
    """Write a decision; return once the broker has it, raise `KafkaError` where it refuses."""
    name, key = address(settings, review)
    with sending(settings, "the review") as sender:
        sender.send(topic(settings, name), key, msgspec.json.encode(review))


def review(settings: Settings, decision: str, by: str, **more: str | datetime | None) -> Review:
    """Return a decision made now; raise `ReviewError` where a field is not as it must be."""
    told = {"decision": decision, "at": round(time.time(), 3), "by": by, "site": settings.site, **more}
    try:
        return msgspec.convert({name: value for name, value in told.items() if value is not None}, Review)
    except msgspec.ValidationError as error:
        raise ReviewError(str(error)) from None


def show_all(found: list[Incident], console: Console) -> None:
    """Print one line an incident."""
    table = Table(box=None, pad_edge=False)
    for head in ("status", "incident", "verdict", "kind", "from", "to"):
        table.add_column(head, overflow="fold")
    for each in found:
        table.add_row(*(str(each[name]) for name in ("status", "id", "verdict", "kind", "from", "to")))
    console.print(table)
    count = sum(each["status"] == "open" for each in found)
    console.print(f"{len(found)} incident{'s' if len(found) != 1 else ''}, {count} to review", highlight=False)


def show(found: Incident, console: Console) -> None:
    """Print an incident with its evidence, in French and English, and who decided what."""
    console.print(f"{found['id']}  {found['status']}", style="bold", highlight=False, soft_wrap=True)
    console.print(
        f"{found['verdict']}, {found['kind']}, from {found['from']} to {found['to']}; detected {found['detected_at']} "
        f"after {found['calls_to_detect']} calls",
        highlight=False,
        soft_wrap=True,
    )
    for each in found["evidence"]:
        console.print(f"  {each['check']} ({each['score']:+.1f})", highlight=False, soft_wrap=True)
        console.print(f"    {each['says']}\n    {each['says_en']}", highlight=False, soft_wrap=True, markup=False)
    for each in found.get("decisions", []):
        bounds = f" ({each['from'] or '…'} to {each['to'] or '…'})" if each["from"] or each["to"] else ""
        console.print(
            f"  {each['at']}  {each['by']}: {each['decision']}{bounds}: {each['note']}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )
