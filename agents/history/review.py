"""A person's work on incidents: listing them and deciding on them.

Incidents are read from their topic, and decisions are written to the topic of reviews. The worker that owns the line
applies them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console

from agents.chain.log import Continuing
from agents.dialling import numbers_of
from agents.handbook import page
from agents.history.incident_json import incident_of, moment
from agents.history.incident_schema import IncidentJson, desk_in
from agents.history.incident_words import kind, says, standing, verdict, what
from agents.history.incidents import PublishedIncidents
from agents.history.ledger import read_history
from agents.history.notes import read_notes
from agents.history.numbered import LAST, Numbered, named, numbered
from agents.history.office import gathered_json, silences_of
from agents.ingest.send import address
from agents.kafka.client import Topic, topic
from agents.kafka.reading import leaving_out, records
from agents.kafka.sending import sending
from agents.pages import words
from agents.security_log import security_event
from agents.table import PrintedTable
from agents.translation import counted, labelled, text
from config.settings import Settings
from streams.chain.entry import Erased, note_key
from streams.decoding import Invalid, require_no_number
from streams.events import Review
from streams.said import said
from streams.watch.incidents import awaits, unjudged_since
from streams.watch.office import OfficeSilence

_ORDER: Final = ("open", "confirmed", "dismissed", "closed")


class ReviewError(ValueError):
    """A person's request that cannot be carried out; the message says what was expected."""


def incidents(settings: Settings) -> list[IncidentJson]:
    """Return the latest state of the site's incidents, in the order of `in_order`.

    Raises `KafkaError` if the broker does not answer.
    """
    published = PublishedIncidents(read_notes(settings))
    for record in records(settings, topic(settings, Topic.INCIDENTS)):
        with leaving_out(record):
            if record.key is not None:
                published.take(record, record.key, record.value)
    return in_order(published.of(settings.site).values())


def in_order(incidents: Iterable[IncidentJson]) -> list[IncidentJson]:
    """Return incidents in the order of the list: those to review first, then by status, then the latest first."""
    own = list(incidents)
    own.sort(key=lambda each: datetime.fromisoformat(each["from"]), reverse=True)
    return sorted(own, key=lambda each: (not awaits(incident_of(each)), _ORDER.index(each["status"])))


def silences(settings: Settings, known: list[IncidentJson]) -> list[OfficeSilence]:
    """Return the office's silences among its known incidents.

    Raises `KafkaError` if the broker does not answer.
    """
    return silences_of(settings, known, cache(partial(read_history, settings)))


def listed(settings: Settings) -> list[Numbered]:
    """Return the incidents as listed: in order, numbered, with silences of the office merged.

    Raises `KafkaError` if the broker does not answer.
    """
    known = incidents(settings)
    return numbered(known, silences(settings, known), ZoneInfo(settings.timezone))


def incident(settings: Settings, name: str) -> tuple[IncidentJson, list[IncidentJson]]:
    """Return the incident with an id, a number or the name `last`, and the lines' incidents in it.

    Raises `ReviewError` if there is none.
    """
    known, zone = incidents(settings), ZoneInfo(settings.timezone)
    for each in known:
        if each["id"] == name:
            return each, [each]
    standing_silences = silences(settings, known)
    listing = numbered(known, standing_silences, zone)
    if (found := named(listing, name)) is not None:
        return found.incident, found.parts
    # Dismissed incidents no longer make a silence of the office, but can be reopened together.
    dismissed = [{**each, "status": "closed"} for each in known if each["status"] == "dismissed"]
    for silence in standing_silences + silences(settings, dismissed):
        if silence.id == name:
            parts = [each for each in known if each["id"] in silence.incidents]
            return gathered_json(parts, [silence], zone)[0], parts
    if (last := named(listing, LAST)) is None:
        raise ReviewError(said("incident {name} is unknown: there are no incidents", name=repr(name)))
    raise ReviewError(
        said(
            "incident {name} is unknown; expected an id from `tocsin review list`, a number up to {last}, or `last`",
            name=repr(name),
            last=last.number,
        )
    )


def parse_moment(text: str, zone: str) -> datetime:
    """Return the moment that a person wrote in RFC 3339; without an offset, it is in the office's zone.

    >>> parse_moment("2013-03-04 08:30", "Europe/Paris").isoformat()
    '2013-03-04T08:30:00+01:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ReviewError(said("{text} is not a moment; expected one like 2013-03-04T08:30", text=repr(text))) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def send(settings: Settings, *reviews: Review) -> None:
    """Append decisions to the log; return once the broker has them; raise `KafkaError` if it refuses."""
    with sending(settings, "the review") as sender:
        log = Continuing(settings, sender)
        for review in reviews:
            log.decide(address(settings, review)[1], review)
    for review in reviews:
        desk = review.line or review.service or review.channel
        security_event(
            "decide",
            who=review.by,
            decision=review.decision,
            incident=review.incident,
            desk=desk,
            site=review.site or settings.site,
        )


def erase(settings: Settings, incidents: Sequence[IncidentJson], by: str) -> int:
    """Erase the notes of the decisions on some incidents; return how many there were.

    The log first gets an entry that says who erased which note, named by its hash; then the note is deleted from the
    only place that has it. Raises `ReviewError` if a note is in the log itself, which is never rewritten.
    """
    decisions = [decided for each in incidents for decided in each["decisions"] if decided["note"]]
    if any(not each.get("note_digest") for each in decisions):
        raise ReviewError(
            said(
                "a note of this incident is in the log itself, where versions before the chain stored it; "
                "{page} explains what can be done",
                page=page("integrity.md"),
            )
        )
    digests = sorted({each["note_digest"] for each in decisions})
    with sending(settings, "the erasure") as sender:
        log = Continuing(settings, sender)
        for digest in digests:
            log.enter(Erased(site=settings.site, note=digest, by=by, at=round(time.time(), 3), after=()))
            sender.confirm()
            sender.send(topic(settings, Topic.NOTES), note_key(settings.site, digest).encode(), None)
    security_event("erase", who=by, site=settings.site, notes=len(digests))
    return len(digests)


def review(settings: Settings, decision: str, by: str, **more: str | bool | datetime | None) -> Review:
    """Return a decision made now; raise `ReviewError` if a field is invalid."""
    fields = {"decision": decision, "at": round(time.time(), 3), "by": by, "site": settings.site, **more}
    try:
        decided = msgspec.convert({name: value for name, value in fields.items() if value is not None}, Review)
        require_no_number(decided, numbers_of(settings))
    except (msgspec.ValidationError, Invalid) as error:
        raise ReviewError(str(error)) from None
    return decided


def described(incident: IncidentJson) -> str:
    """Return an incident's id, line, kind and bounds in words."""
    return text(
        "{incident} ({line}: {what}, {start} to {end})",
        incident=incident["id"],
        line=desk_in(incident).name,
        what=what(incident),
        start=incident["from"],
        end=incident["to"],
    )


def print_incidents(listed: Sequence[Numbered], last: Numbered | None, console: Console) -> None:
    """Print one line per incident, and the number of the one that began last."""
    table = PrintedTable()
    table.figures(text("number"))
    table.words(text("incident"), text("status"), text("verdict"), text("kind"), text("from"), text("to"))
    for number, each, _ in listed:
        table.row(str(number), each["id"], standing(each), verdict(each), kind(each), each["from"], each["to"])
    console.print(table)
    for row in listed:
        if row.is_of_office:
            each = row.incident
            sentence = labelled(each["id"], f"{says(each['evidence'][0])} ({desk_in(each).name})")
            console.print(sentence, highlight=False, soft_wrap=True, markup=False)
    found = counted("{count} incident", "{count} incidents", len(listed))
    left = sum(awaits(incident_of(each.incident)) for each in listed)
    console.print(text("{incidents}, {count} to review", incidents=found, count=left), highlight=False)
    if last is not None:
        order = text("incidents are numbered by their beginning; the last is number {number}", number=last.number)
        console.print(order, highlight=False)


def print_incident(incident: IncidentJson, zone: ZoneInfo, console: Console) -> None:
    """Print an incident with its evidence and its decisions; timestamps are in the office's zone."""
    console.print(f"{incident['id']}  {standing(incident)}", style="bold", highlight=False, soft_wrap=True)
    console.print(
        text(
            "{what}, from {start} to {end}; detected {detected} after {count} calls",
            what=what(incident),
            start=incident["from"],
            end=incident["to"] or "…",
            detected=incident["detected_at"],
            count=incident["calls_to_detect"],
        ),
        highlight=False,
        soft_wrap=True,
    )
    since = unjudged_since(incident_of(incident))
    if since is not None:
        console.print(text(words.UNJUDGED, since=moment(since, zone)), highlight=False, soft_wrap=True)
    print_evidence(incident, console)
    if incident_of(incident).in_hand:
        held = text(words.TAKEN, who=incident["taken"]["by"], moment=incident["taken"]["at"])
        console.print(held, highlight=False, soft_wrap=True, markup=False)
    for each in incident.get("decisions", []):
        decided = words.DECISIONS[each["decision"]]
        decision = text(decided)
        if each["from"] or each["to"]:
            decision = text(
                "{decision} ({start} to {end})", decision=decision, start=each["from"] or "…", end=each["to"] or "…"
            )
        console.print(
            f"  {each['at']}  {labelled(each['by'], labelled(decision, each['note']))}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )


def print_evidence(incident: IncidentJson, console: Console) -> None:
    for each in incident["evidence"]:
        console.print(f"  {each['check']} ({each['score']:+.1f})", highlight=False, soft_wrap=True)
        console.print(f"    {says(each)}", highlight=False, soft_wrap=True, markup=False)
