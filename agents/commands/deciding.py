"""What is asked of who decides by a command: which incident, why, who, and whether that may be kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from getpass import getuser

import typer

from agents.commands.asking import ask, attended, require
from agents.commands.options import refusals
from agents.terminal import say
from agents.translation import labelled, text, why


def bounds_of(
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


def require_meant(name: str, told: str, *, yes: bool) -> None:
    """Say which incident a number names; where a terminal is there, end with status 1 unless it is the one meant."""
    from agents.history.numbered import is_number

    if not is_number(name):
        return
    say(labelled(name, told), err=True)
    if attended() and not yes:
        require(text("Is it this one?"))


def decider(by: str | None) -> str:
    """Return who decides; end with status 2 where nobody is known."""
    try:
        return by or getuser()
    except (KeyError, OSError):
        raise typer.BadParameter(text("this account has no name; say who decides"), param_hint="--by") from None


def require_note(note: str | None) -> None:
    """End with status 2 where no note is given and nobody is there to ask for one."""
    if not note and not attended():
        raise typer.BadParameter(text("say why"), param_hint="--note")


def reason(note: str | None) -> str:
    """Return why, asked for where it is not given; end with status 2 where nobody says."""
    require_note(note)
    return note or ask(text("Why"))


def require_agreed(by: str, note: str | None, *, yes: bool) -> None:
    """Say what is kept of a decision; where a terminal is there, end with status 1 unless that is agreed to."""
    say(text("published with the figures, and kept: {by}, {note}", by=repr(by), note=repr(note or "")), err=True)
    if yes or not attended():
        say(text("no name of a caller and no number may stand there; numbers are refused"), err=True)
    else:
        require(text("No name of a caller stands there, and no number. Keep it?"))


@contextmanager
def review_refusals() -> Iterator[None]:
    """End with status 2 on what cannot be, 1 on work that failed."""
    from agents.history.review import ReviewError

    try:
        with refusals():
            yield
    except ReviewError as error:
        say(why(error), err=True)
        raise typer.Exit(2) from None
