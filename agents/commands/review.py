"""The commands of `tocsin review`: see incidents, and say what they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.commands.asking import ask, attended, require
from agents.commands.options import Config, Site, offices_of, refusals, settings_of
from agents.commands.spoken import group, speaks
from agents.terminal import Screen, say
from agents.translation import counted, labelled, text, why

if TYPE_CHECKING:
    from agents.across.review import Nationwide
    from streams.across.shared import SharedFault

app = group("Review incidents: list, show, confirm, dismiss, reopen, declare, erase.")

IncidentName = Annotated[
    str,
    typer.Argument(
        metavar="INCIDENT", help="Its id or its number, as `tocsin review list` shows them, or `last`: begun last."
    ),
]
By = Annotated[str | None, typer.Option(help="Who decides.", show_default="the login name")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Ask neither whether it is this one nor whether name and note may be kept.")
]
Note = Annotated[str | None, typer.Option(help="Why; asked for where it is not given.")]
From = Annotated[str | None, typer.Option("--from", help="Begin it here, as 2013-03-04T08:30; the site's zone.")]
To = Annotated[str | None, typer.Option("--to", help="End it here, likewise.")]


@speaks(app, "list")
def list_(
    config: Config = None,
    site: Site = None,
    line: Annotated[str | None, typer.Option(help="Only those of this line.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """List the incidents, those to review first; what several lines or several offices went through at once is one."""
    import msgspec

    from agents.history import review
    from agents.history.numbered import LAST, named
    from streams.watch.office import LINES

    with _refusals():
        nation = _all_offices(config, site)
        if nation is not None:
            _list_nation(nation, line, json=json)
            return
        told = review.listed(settings_of(config, site))
    chosen = [each for each in told if line in {None, *each.incident["line"].split(LINES)}]
    if json:
        found = [
            {**part, "office": each.incident["id"] if each.is_of_office else None, "number": each.number}
            for each in chosen
            for part in each.parts
            if line in {None, part["line"]}
        ]
        say(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        review.print_incidents(chosen, named(told, LAST), Screen())


@speaks(app)
def show(
    incident: IncidentName,
    config: Config = None,
    site: Site = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Show an incident with its evidence, and who decided what."""
    import msgspec

    from agents.history import review

    with _refusals():
        nation = _all_offices(config, site)
        fault = None if nation is None else nation.fault(incident)
        if nation is not None and fault is not None:
            _show_fault(nation, fault, json=json)
            return
        found, _ = review.incident(settings_of(config, _site_of(nation, incident) or site), incident)
    if json:
        say(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        review.print_incident(found, Screen())


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
    """Confirm an incident: it was what the checks say."""
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
    """Take a decision back, so that the checks' verdict holds again."""
    _decide("reopen", incident, config, site, by, note, start, end, yes=yes)


@speaks(app)
def declare(
    line: Annotated[str, typer.Argument(metavar="LINE", help="The line's short id.")],
    start: Annotated[str, typer.Option("--from", help="Its beginning, as 2013-03-04T08:30; the site's zone.")],
    end: Annotated[str, typer.Option("--to", help="Its end, likewise.")],
    config: Config = None,
    site: Site = None,
    by: By = None,
    note: Note = None,
    yes: Yes = False,
) -> None:
    """Declare a miscount that no check found."""
    from agents.history import review

    settings = settings_of(config, site)
    with _refusals():
        if line not in settings.lines:
            expected = ", ".join(settings.lines) or text("none")
            raise review.ReviewError(
                text("line {line} is not in the catalogue; expected one of {known}", line=repr(line), known=expected)
            )
        begins, ends = review.parse_moment(start, settings.timezone), review.parse_moment(end, settings.timezone)
        if begins >= ends:
            raise review.ReviewError(text("--to {end} is not after --from {start}", end=end, start=start))
        bounds = {"from": begins, "to": ends}
        decided = review.review(settings, "declare", _who(by), line=line, note=_reason(note), **bounds)
        _require_agreed(decided.by, decided.note, yes=yes)
        review.send(settings, decided)
    say(text("declared a miscount of {line}", line=line))


@speaks(app)
def erase(incident: IncidentName, config: Config = None, site: Site = None, by: By = None, yes: Yes = False) -> None:
    """Erase the notes of its decisions, for good; the decisions stay, and that their notes were erased."""
    from agents.history import review

    settings = settings_of(config, site)
    with _refusals():
        found, parts = review.incident(settings, incident)
        _require_meant(incident, review.described(found), yes=yes)
        count = review.erase(settings, parts, _who(by))
    say(counted("erased {count} note of {incident}", "erased {count} notes of {incident}", count, incident=found["id"]))


def _decide(
    decision: str,
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
    from agents.pages import words

    if decision != "reopen":
        _require_note(note)
    with _refusals():
        for moment in (start, end):
            if moment is not None:
                review.parse_moment(moment, "UTC")  # what is no moment anywhere is told before a broker is asked
        nation = _all_offices(config, site)
        fault = None if nation is None else nation.fault(incident)
        if nation is not None and fault is not None:
            _decide_fault(decision, nation, fault, (by, note, start, end), yes=yes)
            return
        settings = settings_of(config, _site_of(nation, incident) or site)
        found, parts = review.incident(settings, incident)
        bounds, (begins, ends) = _bounds(start, end, found, settings.timezone)
        _require_meant(incident, review.described(found), yes=yes)
        if decision != "reopen":
            note = _reason(note)
        decided = review.review(settings, decision, _who(by), note=note, **bounds)
        _require_agreed(decided.by, decided.note, yes=yes)
        review.send(settings, *(replace(decided, incident=each["id"], line=each["line"]) for each in parts))
    told = {**found, "from": begins.isoformat(), "to": ends.isoformat()}
    say(labelled(text(words.DECISIONS[decided.decision]), review.described(told)))


def _bounds(
    start: str | None, end: str | None, found: Mapping[str, str], zone: str
) -> tuple[dict[str, datetime | None], tuple[datetime, datetime]]:
    """Return the bounds that a person gives, and those that hold then; raise `ReviewError` where they cannot be."""
    from agents.history import review

    bounds = {
        "from": None if start is None else review.parse_moment(start, zone),
        "to": None if end is None else review.parse_moment(end, zone),
    }
    begins, ends = (bounds[name] or review.parse_moment(found[name], zone) for name in ("from", "to"))
    if begins >= ends:
        raise review.ReviewError(text("it would end at {end} before it begins at {start}", end=ends, start=begins))
    return bounds, (begins, ends)


def _decide_fault(
    decision: str,
    nation: Nationwide,
    fault: SharedFault,
    given: tuple[str | None, str | None, str | None, str | None],
    *,
    yes: bool,
) -> None:
    """Decide on what several offices went through: on each incident of each of them, in that office's own log."""
    from msgspec.structs import replace

    from agents.across.shown import across_json, described
    from agents.history import review
    from agents.pages import words

    by, note, start, end = given
    bounds, _ = _bounds(start, end, across_json(fault, nation.zone), nation.zone.key)
    say(described(fault, nation.zone), err=True)
    if attended() and not yes:
        require(text("Decide on all of them?"))
    if decision != "reopen":
        note = _reason(note)
    sites = nation.offices.sites
    # Each office may refuse a number of its own in it: all of them are asked before anything is sent.
    decided = {site: review.review(sites[site], decision, _who(by), note=note, **bounds) for site in fault.parts}
    one = next(iter(decided.values()))
    _require_agreed(one.by, one.note, yes=yes)
    for site, incidents in fault.parts.items():
        told = (replace(decided[site], incident=each.id, line=each.line) for each in incidents)
        review.send(sites[site], *told)
    say(labelled(text(words.DECISIONS[one.decision]), described(fault, nation.zone)))


def _all_offices(config: Path | None, site: str | None) -> Nationwide | None:
    """Return the incidents of all offices where a configuration names several, and nobody says which is meant."""
    offices = offices_of(config) if site is None else None
    if offices is None or offices.nation is None:
        return None
    from agents.across.review import Nationwide

    return Nationwide.read(offices)


def _site_of(nation: Nationwide | None, incident: str) -> str | None:
    """Return the office that has an incident; None where one office is meant anyway."""
    return None if nation is None else nation.site_of(incident)


def _list_nation(nation: Nationwide, line: str | None, *, json: bool) -> None:
    import msgspec

    from agents.across.review import listed_json, print_nation

    if json:
        say(msgspec.json.format(msgspec.json.encode(listed_json(nation, line))).decode())
    else:
        print_nation(nation, line, Screen())


def _show_fault(nation: Nationwide, fault: SharedFault, *, json: bool) -> None:
    import msgspec

    from agents.across.review import print_fault
    from agents.across.shown import across_json

    if json:
        say(msgspec.json.format(msgspec.json.encode(across_json(fault, nation.zone))).decode())
    else:
        print_fault(fault, nation.zone, Screen())


def _require_meant(name: str, told: str, *, yes: bool) -> None:
    """Say which incident a number names; where a terminal is there, end with status 1 unless it is the one meant."""
    from agents.history.numbered import is_number

    if not is_number(name):
        return
    say(labelled(name, told), err=True)
    if attended() and not yes:
        require(text("Is it this one?"))


def _who(by: str | None) -> str:
    """Return who decides; end with status 2 where nobody is known."""
    try:
        return by or getuser()
    except (KeyError, OSError):
        raise typer.BadParameter(text("this account has no name; say who decides"), param_hint="--by") from None


def _require_note(note: str | None) -> None:
    """End with status 2 where no note is given and nobody is there to ask for one."""
    if not note and not attended():
        raise typer.BadParameter(text("say why"), param_hint="--note")


def _reason(note: str | None) -> str:
    """Return why, asked for where it is not given; end with status 2 where nobody says."""
    _require_note(note)
    return note or ask(text("Why"))


def _require_agreed(by: str, note: str | None, *, yes: bool) -> None:
    """Say what is kept of a decision; where a terminal is there, end with status 1 unless that is agreed to."""
    say(text("published with the figures, and kept: {by}, {note}", by=repr(by), note=repr(note or "")), err=True)
    if yes or not attended():
        say(text("no name of a caller and no number may stand there; numbers are refused"), err=True)
    else:
        require(text("No name of a caller stands there, and no number. Keep it?"))


@contextmanager
def _refusals() -> Iterator[None]:
    """End with status 2 on what cannot be, 1 on work that failed."""
    from agents.history.review import ReviewError

    try:
        with refusals():
            yield
    except ReviewError as error:
        say(why(error), err=True)
        raise typer.Exit(2) from None
