"""The commands of `tocsin review` for the incidents of several offices at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agents.commands.asking import attended, require
from agents.commands.deciding import bounds_of, decider, reason, require_agreed
from agents.commands.options import chosen, offices_of
from agents.terminal import Screen, say, say_json
from agents.translation import labelled, text

if TYPE_CHECKING:
    from pathlib import Path

    from agents.across.review import Nationwide
    from config.offices import Offices
    from config.settings import Settings
    from streams.across.shared import SharedFault
    from streams.events import Decision


def all_offices(offices: Offices, site: str | None) -> Nationwide | None:
    """Return the incidents of all offices; None if there is only one office or one is chosen."""
    if site is not None or offices.nation is None:
        return None
    from agents.across.review import Nationwide

    return Nationwide.read(offices)


def meant(incident: str, config: Path | None, site: str | None) -> tuple[Nationwide, SharedFault] | Settings:
    """Return the fault of several offices that an incident's name means, or the office that has the incident."""
    offices = offices_of(config)
    nation = all_offices(offices, site)
    fault = None if nation is None else nation.fault(incident)
    if nation is not None and fault is not None:
        return nation, fault
    return chosen(offices, site if nation is None else nation.site_of(incident))


def list_nation(nation: Nationwide, line: str | None, *, json: bool) -> None:
    """Print the incidents shared by several offices, each once, then the others of a line or of all lines."""
    from agents.across.review import listed_json, print_nation

    if json:
        say_json(listed_json(nation, line))
    else:
        print_nation(nation, line, Screen())


def show_fault(nation: Nationwide, fault: SharedFault, *, json: bool) -> None:
    """Print an incident shared by several offices."""
    from agents.across.review import print_fault
    from agents.across.shown import across_json

    if json:
        say_json(across_json(fault, nation.zone))
    else:
        print_fault(fault, nation.zone, Screen())


class Given(NamedTuple):
    """A person's decision: who, why, and the new bounds."""

    by: str | None
    note: str | None
    start: str | None
    end: str | None


def decide_fault(
    decision: Decision,
    nation: Nationwide,
    fault: SharedFault,
    given: Given,
    *,
    yes: bool,
) -> None:
    """Decide on an incident shared by several offices: on each office's own incidents, in that office's own log."""
    from msgspec.structs import replace

    from agents.across.shown import across_json, described
    from agents.history import review
    from agents.pages import words
    from streams.watch.review import WITHOUT_REASON

    bounds, _ = bounds_of(given.start, given.end, across_json(fault, nation.zone), nation.zone.key)
    say(described(fault, nation.zone), err=True)
    if attended() and not yes:
        require(text("Decide on all of these incidents?"))
    note = given.note if decision in WITHOUT_REASON else reason(given.note)
    sites = nation.offices.sites
    # An office may refuse the note because of a number in it, so all are checked before any is sent.
    decided = {
        site: review.review(sites[site], decision, decider(given.by), note=note, **bounds) for site in fault.parts
    }
    one = next(iter(decided.values()))
    require_agreed(one.by, one.note, yes=yes)
    for site, incidents in fault.parts.items():
        decisions = (replace(decided[site], incident=each.id, line=each.line) for each in incidents)
        review.send(sites[site], *decisions)
    say(labelled(text(words.DECISIONS[decision]), described(fault, nation.zone)))
