"""The commands about Kafka: `broker`, `topics`, `check` and `dead-letters`."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.commands.options import Config, offices_of, refusals, settings_or_unknown
from agents.ending import Last, telling
from agents.progress import progress
from agents.state import state_dir
from agents.terminal import say
from agents.translation import Words, counted, spoken_language, text
from config.offices import Offices
from config.settings import Settings
from config.shared import Shared

if TYPE_CHECKING:
    from agents.kafka.dead_letters import DeadLetter
    from config.mail import Mail
    from config.notify import Room

USUAL_PORT: Final = 9092
LOOPBACK: Final = re.compile(r"(?:127\.0\.0\.1|localhost):(\d{1,5})")
MOST_SHOWN: Final = 20  # dead letters shown by default


def broker(
    config: Config = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port on loopback; 0 takes a free one.",
            show_default=f"the port of kafka.bootstrap if that is on loopback, else {USUAL_PORT}",
        ),
    ] = None,
    apache: Annotated[bool, typer.Option("--apache", help="Run Apache Kafka, which stores its records.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Apache Kafka's folder.", file_okay=False, show_default="kafka in the state folder"),
    ] = None,
) -> None:
    """Run a broker for trials until Ctrl-C: embedded, in memory only, or Apache Kafka (needs Java and Maven)."""
    from agents.kafka.apache import apache_broker
    from agents.kafka.broker import embedded_broker, listens

    if port is None:
        port = port_of(offices_of(config).shared if config else settings_or_unknown(None, None))
    if data and not apache:
        raise typer.BadParameter(text("the embedded broker stores nothing; --data needs --apache"), param_hint="--data")
    started = apache_broker(port, data or state_dir() / "kafka") if apache else embedded_broker(port)

    def stopped() -> Last:
        kept = text("the broker is stopped; its records are kept")
        gone = text("the broker is stopped; its records are gone, because it stores none")
        return Last(kept if apache else gone, finished=True)

    with refusals(), telling(stopped), started as bootstrap:
        say(text("broker on {address}; Ctrl-C ends it", address=bootstrap), err=True)
        while listens(bootstrap):
            time.sleep(1)


def port_of(shared: Shared) -> int:
    """Return the port of the configured broker if it is on this machine, else the usual one."""
    found = LOOPBACK.fullmatch(shared.kafka.bootstrap)
    return int(found[1]) if found else USUAL_PORT


def topics(
    config: Config = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing.")] = False,
) -> None:
    """Create the topics, or check them: partitions, policies, retention."""
    from agents.kafka.client import admin
    from agents.kafka.topics import check_topics, create_topics

    shared = offices_of(config).shared
    with refusals():
        if not check:
            with admin(shared) as client:
                cluster = client.describe_cluster()["cluster_id"]
            say(text("on {address}, cluster {cluster}", address=shared.kafka.bootstrap, cluster=cluster))
        report = check_topics(shared) if check else create_topics(shared)
    for name in report.created:
        say(text("created  {topic}", topic=name))
    for difference in report.differences:
        say(text("differs  {difference}", difference=text(difference.sentence())), err=True)
    for name in report.unverified:
        say(text("not verified  {topic}", topic=name), err=True)
    if report.differences:
        raise typer.Exit(1)
    say(text("topics as configured"))


def check(config: Config = None) -> None:
    """Check the configuration, the broker, the topics, the mail server and the rooms; say how to fix each problem.

    An account that is invited to a room enters it.
    """
    from agents.kafka.client import KafkaError, admin, client_options
    from agents.kafka.topics import check_topics

    offices = offices_of(config)
    shared = offices.shared
    with refusals():
        client_options(shared)  # checks the files of kafka.security
    if offices.nation is not None:
        _tell_of_all(offices)
    else:
        _tell_of_one(*offices.sites.values())
    try:
        with admin(shared) as client:
            found = client.describe_cluster()
        say(
            text(
                "broker         {address} answers, {count} in the cluster {cluster}",
                address=shared.kafka.bootstrap,
                count=len(found["brokers"]),
                cluster=found["cluster_id"],
            )
        )
        report = check_topics(shared)
    except (KafkaError, OSError) as error:
        say(text("broker         {error}", error=error), err=True)
        raise typer.Exit(1) from None
    for difference in report.differences:
        say(text("topic          {difference}", difference=text(difference.sentence())), err=True)
    for name in report.unverified:
        say(text("topic          {topic}: the broker does not show its policies", topic=name))
    if not report.differences:
        say(text("topics         as configured"))
    servers = {each.mail.server: each.mail for each in offices.sites.values() if each.mail is not None}
    mails = [_answers(each) for each in servers.values()]
    rooms = [] if shared.notify is None else [_enters(name, each) for name, each in shared.notify.rooms.items()]
    if report.differences or not all([*mails, *rooms]):
        raise typer.Exit(1)


def _tell_of_one(settings: Settings) -> None:
    from agents.catalogue import digest

    say(
        text(
            "configuration  site {site}: lines {lines}, services {services}, channels {channels}; open {hours}, {zone}",
            site=settings.site,
            lines=len(settings.lines),
            services=len(settings.services),
            channels=len(settings.requests),
            hours=settings.opening_hours,
            zone=settings.timezone,
        )
    )
    say(text("catalogue      {version}, as the ledger calls this version", version=digest(Offices.alone(settings))))


def _tell_of_all(offices: Offices) -> None:
    sites = offices.sites.values()
    say(
        text(
            "configuration  sites {sites}: lines {lines}, services {services}, channels {channels}; regions {regions}, "
            "departments {departments}",
            sites=len(sites),
            lines=sum(len(each.lines) for each in sites),
            services=sum(len(each.services) for each in sites),
            channels=sum(len(each.requests) for each in sites),
            regions=len({each.place.region for each in sites} - {None}),
            departments=len({each.place.department for each in sites} - {None}),
        )
    )


def _answers(mail: Mail) -> bool:
    """Return whether the mail server accepts the sender, and print the result."""
    from agents.mail.server import MailError, connected

    try:
        with refusals(), connected(mail, os.environ):
            pass
    except MailError as error:
        say(text("mail           {error}", error=error), err=True)
        return False
    say(
        text(
            "mail           {server} answers ({security}); recipients: {count}",
            server=mail.server,
            security=mail.security,
            count=len(mail.to),
        )
    )
    return True


def _enters(name: str, room: Room) -> bool:
    """Return whether the account of a room is in it, after it has entered by its invitation, and print the result."""
    from agents.notify.receivers import MatrixRoom, NotPassedError

    try:
        account = asyncio.run(MatrixRoom(room, Words(spoken_language())).enter())
    except NotPassedError as error:
        say(text("room           {name}: {error}", name=name, error=error), err=True)
        return False
    say(text("room           {name}: {account} is in the room", name=name, account=account))
    return True


def dead_letters(
    config: Config = None,
    reason: Annotated[str | None, typer.Option(help="Only dead letters with this reason.")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Send again the ones that are now valid.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print only JSON, one dead letter per line.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="How many of the last to show.", show_default=f"{MOST_SHOWN}, all with --json"),
    ] = None,
) -> None:
    """List the records that could not be used; after the configuration is fixed, send them again."""
    from agents.ingest import replay as again
    from agents.kafka.dead_letters import encode_letter

    offices = offices_of(config)
    with refusals():
        with progress(quiet=json):
            letters = [letter for letter in again.waiting(offices.shared) if reason in {None, letter.reason}]
        count = sum(letter.count or 1 for letter in letters)
        if replay:
            with progress():
                done = again.replay(offices, letters)
            say(text("{sent} sent again, {left} left", sent=done.sent, left=done.left.total()))
            for why, left in done.left.most_common(20):
                say(f"  {left} x {why}", err=True)
            return
    shown = letters[-limit:] if limit else letters if json else letters[-MOST_SHOWN:]
    for letter in shown:
        say(encode_letter(letter).decode() if json else described(letter))
    if not json:
        sentence = counted("{count} dead letter", "{count} dead letters", len(letters))
        if count > len(letters):
            sentence = text("{letters} for {records} records", letters=sentence, records=count)
        if len(shown) < len(letters):
            sentence += text("; the last {shown} are shown, all by --limit {all}", shown=len(shown), all=len(letters))
        say(sentence)


def described(letter: DeadLetter) -> str:
    """Return a dead letter for people: its place, its reason and the beginning of its text."""
    where = f"{letter.file}:{letter.row}" if letter.file else f"{letter.topic}/{letter.partition}@{letter.offset}"
    if letter.count:
        where = text("{place} to {last}", place=where, last=letter.last)
        return f"{where}  {letter.reason}: {letter.detail}"
    begins = letter.text[:200].replace("\n", "\\n")  # keeps a dead letter on two lines
    return f"{where}  {letter.reason}: {letter.detail}\n    {begins}"
