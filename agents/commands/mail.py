"""The command `mail`: sends the figures of a day, a week or a month to the configured recipients."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.commands.options import Config, Site, refusals, settings_of
from agents.ending import Last, telling
from agents.handbook import page
from agents.history.today import today
from agents.progress import progress
from agents.terminal import say
from agents.translation import counted, text, why

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from agents.mail.post import DueMail, Post, Posted
    from config.mail import MailKind
    from config.settings import Settings
    from streams.indicators.period import Period

MOST_LATE: Final = 3  # periods of a kind that a run sends if earlier runs failed


class MailOf(StrEnum):
    """The kind of period of a mail."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def mail(
    of: Annotated[
        list[MailOf] | None,
        typer.Argument(metavar="[day] [week] [month]", show_default="all three", help="Which periods."),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option("--for", formats=["%Y-%m-%d"], help="The figures of this day, and of its week and month."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the mails without sending them.")] = False,
    config: Config = None,
    site: Site = None,
) -> None:
    """Send the figures of the last whole day, week and month to the configured recipients: for cron.

    No mail is sent twice. Mails that could not be sent go with the next run.
    """
    from agents.audit.stated import read_compared
    from agents.history.slips import read_slips
    from agents.history.statuses import read_lines
    from agents.mail.post import Post, due

    settings = settings_of(config, site)
    if settings.mail is None:
        say(
            text("the configuration has no mail server and no recipients: set `mail` ({page})", page=page("mail.md")),
            err=True,
        )
        raise typer.Exit(2)
    with refusals(), progress():
        history = read_compared(settings)
        slips = read_slips(settings)
        today = _today(settings, history.days.dates(settings.site))
        periods = _periods(settings, of or list(MailOf), None if day is None else day.date(), today)
        post, every = (
            Post(settings, settings.mail, history, today, read_lines(settings)),
            due(settings.mail, None if dry_run else slips, periods),
        )
        if dry_run:
            for each in every:
                _print(post, each)
            return
        if not every:
            say(text("nothing to send: all mails that are due were sent"))
            return
        whole = _send(post, every)
        if day is None:
            post.forget(slips, periods)
    if not whole:
        raise typer.Exit(1)


def _today(settings: Settings, days: Collection[date]) -> date:
    """Return the office's date; in a replay, the day after the ledger's last day: that day's mail is due."""
    found = today(settings, days)
    return found + timedelta(1) if settings.clock == "event" else found


def _periods(
    settings: Settings, kinds: Sequence[MailOf], day: date | None, today: date
) -> Mapping[MailKind, Sequence[Period]]:
    """Return the finished periods by kind, for a day or the last ones; print that a closed day has no mail."""
    from agents.totals.plan import plan_of
    from streams.periods.named import around, last_over

    opened = plan_of(settings).opened
    found: dict[MailKind, Sequence[Period]] = {}
    for each in dict.fromkeys(kinds):
        kind: MailKind = each.value
        asked = None if day is None else around(kind, day)
        if asked is not None and asked.last >= today:
            raise typer.BadParameter(text("{last} is not over", last=asked.last), param_hint="--for")
        last = today - timedelta(1) if day is None else day
        if kind == "day" and not opened(last):
            say(text("{day}: no mail, because the office was closed", day=last), err=True)
        if asked is None:
            found[kind] = last_over(kind, today, lambda known: bool(opened(known)), MOST_LATE)
        elif kind != "day" or opened(last):
            found[kind] = [asked]
    return found


def _print(post: Post, each: DueMail) -> None:
    """Print a mail: its decoded headers, its plain text, and the names of its attachments."""
    made = post.made(each)
    for name in ("From", "To", "Subject"):
        say(f"{name}: {made[name]}")
    if (body := made.get_body(("plain",))) is not None:
        say(f"\n{body.get_content()}")
    for attached in made.iter_attachments():
        say(f"[{attached.get_filename()}]")


def _send(post: Post, every: Sequence[DueMail]) -> bool:
    """Send mails and print the result of each; return whether the server accepted all of them."""
    from agents.mail.server import MailError

    done: list[Posted] = []

    def last() -> Last:
        sent = sum(each.taken == "sent" for each in done)
        return Last(text("mails sent: {sent} of {count}; the next run sends the others", sent=sent, count=len(every)))

    with telling(last):
        try:
            for each in post.sent(every, os.environ):
                done.append(each)
                _tell(each)
        except MailError as error:
            say(why(error), err=True)
    left = len(every) - sum(each.taken != "later" for each in done)
    if left:
        say(
            counted(
                "{count} mail was not sent; the next run sends it",
                "{count} mails were not sent; the next run sends them",
                left,
            ),
            err=True,
        )
    return not left and all(each.taken == "sent" for each in done)


def _tell(posted: Posted) -> None:
    from agents.history.slips import name_of

    name, facts = posted.due.name, {"answer": posted.words}
    facts |= {"period": name_of(name.period), "address": name.address}
    match posted.taken:
        case "sent":
            say(text("{period} sent to {address}", **facts))
        case "refused":
            say(text("{period} refused for {address}, and will not be tried again: {answer}", **facts), err=True)
        case "later":
            say(text("{period} not accepted for {address}: {answer}", **facts), err=True)
