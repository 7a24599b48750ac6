"""The questions before a decision: which incident, why, who decides, and whether the answers may be kept."""

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
    """Return the bounds that a person gave, and the resulting bounds; raise `ReviewError` if they are not in order."""
    from agents.history import review

    bounds = {
        "from": None if start is None else review.parse_moment(start, zone),
        "to": None if end is None else review.parse_moment(end, zone),
    }
    begins, ends = (bounds[name] or review.parse_moment(found[name], zone) for name in ("from", "to"))
    if begins >= ends:
        raise review.ReviewError(text("its end {end} would be before its start {start}", end=ends, start=begins))
    return bounds, (begins, ends)


def require_meant(name: str, told: str, *, yes: bool) -> None:
    """Print the incident that a number stands for; at a terminal, end with status 1 if the person did not mean it."""
    from agents.history.numbered import is_number

    if not is_number(name):
        return
    say(labelled(name, told), err=True)
    if attended() and not yes:
        require(text("Is this the right incident?"))


def decider(by: str | None) -> str:
    """Return who decides; end with status 2 if the account has no name."""
    try:
        return by or getuser()
    except (KeyError, OSError):
        raise typer.BadParameter(text("this account has no name; name who decides"), param_hint="--by") from None


def require_note(note: str | None) -> None:
    """End with status 2 without a note, unless a person can be asked for one."""
    if not note and not attended():
        raise typer.BadParameter(text("give a reason"), param_hint="--note")


def reason(note: str | None) -> str:
    """Return the note, asking for it if it is missing; end with status 2 if no person can be asked."""
    require_note(note)
    return note or ask(text("Why"))


def require_agreed(by: str, note: str | None, *, yes: bool) -> None:
    """Print what is kept of a decision; at a terminal, end with status 1 unless the person agrees."""
    say(text("published with the figures and kept: {by}, {note}", by=repr(by), note=repr(note or "")), err=True)
    if yes or not attended():
        say(text("the note must not contain a caller's name or number; numbers are refused"), err=True)
    else:
        require(text("It contains no caller's name or number. Keep it?"))


@contextmanager
def review_refusals() -> Iterator[None]:
    """End with status 2 on an impossible review, 1 on work that failed."""
    from agents.history.review import ReviewError

    try:
        with refusals():
            yield
    except ReviewError as error:
        say(why(error), err=True)
        raise typer.Exit(2) from None
