"""The commands of `tocsin review`: show incidents and decide on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from agents.commands.answering import answer, questions
from agents.commands.deciding import (
    bounds_of,
    decider,
    reason,
    require_agreed,
    require_meant,
    require_note,
    review_refusals,
)
from agents.commands.options import Config, Site, chosen, offices_of, settings_of
from agents.commands.review_nation import Given, all_offices, decide_fault, list_nation, meant, show_fault
from agents.commands.spoken import group, speaks
from agents.terminal import Screen, say, say_json
from agents.translation import counted, labelled, text
from streams.events import Decision

app = group(
    "Review incidents and calls: list, show, take, confirm, dismiss, reopen, declare, erase, questions, answer."
)

IncidentName = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT",
        help="Its id or number, as shown by `tocsin review list`, or `last` for the one that began last.",
    ),
]
By = Annotated[str | None, typer.Option(help="Who decides.", show_default="the login name")]
Yes = Annotated[
    bool,
    typer.Option("--yes", help="Do not ask whether this is the right incident, nor whether name and note may be kept."),
]
Note = Annotated[str | None, typer.Option(help="The reason; asked for if it is left out.")]
From = Annotated[
    str | None, typer.Option("--from", help="New start, such as 2013-03-04T08:30, in the site's time zone.")
]
To = Annotated[str | None, typer.Option("--to", help="New end, in the same form.")]


@speaks(app, "list")
def list_(
    config: Config = None,
    site: Site = None,
    line: Annotated[str | None, typer.Option(help="Only incidents of this line, service or channel.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """List the incidents, those to review first; one that hit several lines or offices at once is listed once."""
    from agents.history import review
    from agents.history.incident_schema import desk_in
    from agents.history.numbered import LAST, named
    from streams.watch.office import LINES

    with review_refusals():
        offices = offices_of(config)
        nation = all_offices(offices, site)
        if nation is not None:
            list_nation(nation, line, json=json)
            return
        listed = review.listed(chosen(offices, site))
    shown = [each for each in listed if line in {None, *desk_in(each.incident).name.split(LINES)}]
    if json:
        found = [
            {**part, "office": each.incident["id"] if each.is_of_office else None, "number": each.number}
            for each in shown
            for part in each.parts
            if line in {None, desk_in(part).name}
        ]
        say_json(found)
    else:
        review.print_incidents(shown, named(listed, LAST), Screen())


@speaks(app)
def show(
    incident: IncidentName,
    config: Config = None,
    site: Site = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Show an incident with its evidence and its decisions."""
    from agents.history import review

    with review_refusals():
        settings = meant(incident, config, site)
        if isinstance(settings, tuple):
            show_fault(*settings, json=json)
            return
        found, _ = review.incident(settings, incident)
    if json:
        say_json(found)
    else:
        review.print_incident(found, ZoneInfo(settings.timezone), Screen())


@speaks(app)
def take(incident: IncidentName, config: Config = None, site: Site = None, by: By = None, yes: Yes = False) -> None:
    """Take an incident: say that you deal with it, so that reminders stop."""
    _decide("take", incident, config, site, by, None, yes=yes)


@speaks(app)
def confirm(
    incident: IncidentName,
    config: Config = None,
    site: Site = None,
    by: By = None,
    note: Note = None,
    start: From = None,
    end: To = None,
    yes: Yes = False,
) -> None:
    """Confirm an incident: the checks are right."""
    _decide("confirm", incident, config, site, by, note, start, end, yes=yes)


@speaks(app)
def dismiss(
    incident: IncidentName, config: Config = None, site: Site = None, by: By = None, note: Note = None, yes: Yes = False
) -> None:
    """Dismiss an incident: nothing was wrong, and its calls count."""
    _decide("dismiss", incident, config, site, by, note, yes=yes)


@speaks(app)
def reopen(
    incident: IncidentName,
    config: Config = None,
    site: Site = None,
    by: By = None,
    note: Note = None,
    start: From = None,
    end: To = None,
    yes: Yes = False,
) -> None:
    """Withdraw a decision, so that the checks' verdict applies again."""
    _decide("reopen", incident, config, site, by, note, start, end, yes=yes)


@speaks(app)
def declare(
    line: Annotated[str, typer.Argument(metavar="LINE", help="The short id of the line, service or channel.")],
    start: Annotated[str, typer.Option("--from", help="Its start, such as 2013-03-04T08:30, in the site's time zone.")],
    end: Annotated[str, typer.Option("--to", help="Its end, in the same form.")],
    config: Config = None,
    site: Site = None,
    by: By = None,
    note: Note = None,
    yes: Yes = False,
) -> None:
    """Declare a miscount that no check found."""
    from agents.desk_view.incidents import desk_labels
    from agents.history import review
    from streams.watch.incident import DESK_KINDS
    from streams.watch.review import DeskName

    settings = settings_of(config, site)
    with review_refusals():
        desks = desk_labels(settings)
        kind = next((each for each in DESK_KINDS if DeskName(each, line) in desks), None)
        if kind is None:
            expected = ", ".join(desk.name for desk in desks) or text("none")
            raise review.ReviewError(
                text("line {line} is not in the catalogue; expected one of {known}", line=repr(line), known=expected)
            )
        begins, ends = review.parse_moment(start, settings.timezone), review.parse_moment(end, settings.timezone)
        if begins >= ends:
            raise review.ReviewError(text("--to {end} is not after --from {start}", end=end, start=start))
        bounds = {"from": begins, "to": ends}
        decided = review.review(settings, "declare", decider(by), note=reason(note), **{kind: line}, **bounds)
        require_agreed(decided.by, decided.note, yes=yes)
        review.send(settings, decided)
    say(text("declared a miscount of {line}", line=line))


@speaks(app)
def erase(incident: IncidentName, config: Config = None, site: Site = None, by: By = None, yes: Yes = False) -> None:
    """Erase the notes of an incident's decisions for good; the decisions stay, with a record of the erasure."""
    from agents.history import review

    settings = settings_of(config, site)
    with review_refusals():
        found, parts = review.incident(settings, incident)
        require_meant(incident, review.described(found), yes=yes)
        count = review.erase(settings, parts, decider(by))
    say(counted("erased {count} note of {incident}", "erased {count} notes of {incident}", count, incident=found["id"]))


speaks(app)(questions)
speaks(app)(answer)


def _decide(
    decision: Decision,
    incident: str,
    config: Path | None,
    site: str | None,
    by: str | None,
    note: str | None,
    start: str | None = None,
    end: str | None = None,
    *,
    yes: bool,
) -> None:
    from msgspec.structs import replace

    from agents.history import review
    from agents.history.incident_schema import named_desk
    from agents.pages import words
    from streams.watch.review import WITHOUT_REASON

    if decision not in WITHOUT_REASON:
        require_note(note)
    with review_refusals():
        for moment in (start, end):
            if moment is not None:
                review.parse_moment(moment, "UTC")  # refuses an invalid moment before the broker is asked
        settings = meant(incident, config, site)
        if isinstance(settings, tuple):
            decide_fault(decision, *settings, Given(by, note, start, end), yes=yes)
            return
        found, parts = review.incident(settings, incident)
        bounds, (begins, ends) = bounds_of(start, end, found, settings.timezone)
        require_meant(incident, review.described(found), yes=yes)
        if decision not in WITHOUT_REASON:
            note = reason(note)
        decided = review.review(settings, decision, decider(by), note=note, **bounds)
        require_agreed(decided.by, decided.note, yes=yes)
        review.send(settings, *(replace(decided, incident=each["id"], **named_desk(each)) for each in parts))
    bounded = {**found, "from": begins.isoformat(), "to": ends.isoformat()}
    say(labelled(text(words.DECISIONS[decision]), review.described(bounded)))
