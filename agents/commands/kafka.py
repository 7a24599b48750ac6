"""The commands about Kafka: `broker`, `topics`, `check` and `dead-letters`."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from agents.commands.options import Config, refusals, settings_of
from agents.ending import Last, telling
from agents.state import state_dir


def broker(
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.")] = 9092,
    apache: Annotated[bool, typer.Option("--apache", help="Run Apache Kafka, which keeps its records.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Apache Kafka's folder.", file_okay=False, show_default="kafka in the state folder"),
    ] = None,
) -> None:
    """Run a broker for trials until Ctrl-C: embedded, in memory alone, or Apache Kafka by Java and Maven."""
    from agents.kafka.apache import apache_broker
    from agents.kafka.broker import embedded_broker, listens

    if data and not apache:
        raise typer.BadParameter("the embedded broker keeps nothing; --data goes with --apache", param_hint="--data")
    started = apache_broker(port, data or state_dir() / "kafka") if apache else embedded_broker(port)
    kept = "its records are kept" if apache else "its records are gone, as it keeps none"
    with refusals(), telling(lambda: Last(f"the broker is stopped; {kept}", finished=True)), started as bootstrap:
        typer.echo(f"broker on {bootstrap}; Ctrl-C ends it", err=True)
        while listens(bootstrap):
            time.sleep(1)


def topics(
    config: Config = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing.")] = False,
) -> None:
    """Create the topics, or check them: partitions, policies, retention."""
    from agents.kafka.client import admin
    from agents.kafka.topics import check_topics, create_topics

    settings = settings_of(config)
    with refusals():
        if not check:
            with admin(settings) as client:
                cluster = client.describe_cluster()["cluster_id"]
            typer.echo(f"on {settings.kafka.bootstrap}, cluster {cluster}")
        report = check_topics(settings) if check else create_topics(settings)
    for name in report.created:
        typer.echo(f"created  {name}")
    for difference in report.differences:
        typer.echo(f"differs  {difference}", err=True)
    for name in report.unverified:
        typer.echo(f"not verified  {name}", err=True)
    if report.differences:
        raise typer.Exit(1)
    typer.echo("topics as configured")


def check(config: Config = None) -> None:
    """Validate the configuration, reach the broker, compare the topics; say how to mend what is wrong."""
    from agents.kafka.client import KafkaError, admin, client_options
    from agents.kafka.topics import check_topics

    settings = settings_of(config)
    with refusals():
        client_options(settings)  # the files of kafka.security hold what they should
    typer.echo(
        f"configuration  site {settings.site}: {len(settings.lines)} lines, {len(settings.services)} services, "
        f"{len(settings.requests)} channels; open {settings.opening_hours}, {settings.timezone}"
    )
    try:
        with admin(settings) as client:
            found = client.describe_cluster()
        answers = f"answers, {len(found['brokers'])} in the cluster {found['cluster_id']}"
        typer.echo(f"broker         {settings.kafka.bootstrap} {answers}")
        report = check_topics(settings)
    except (KafkaError, OSError) as error:
        typer.echo(f"broker         {error}", err=True)
        raise typer.Exit(1) from None
    for difference in report.differences:
        typer.echo(f"topic          {difference}", err=True)
    for name in report.unverified:
        typer.echo(f"topic          {name}: the broker does not tell its policies")
    if report.differences:
        raise typer.Exit(1)
    typer.echo("topics         as configured")


def dead_letters(
    config: Config = None,
    reason: Annotated[str | None, typer.Option(help="Only those of this reason.")] = None,
    replay: Annotated[bool, typer.Option("--replay", help="Send those again that are good events by now.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone, one letter a line.")] = False,
) -> None:
    """List what could not be used, and after a mend of the configuration send it again."""
    from agents.ingest import replay as again
    from agents.kafka.dead_letters import encode_letter

    settings = settings_of(config)
    with refusals():
        letters = [letter for letter in again.waiting(settings) if reason in {None, letter.reason}]
        if replay:
            done = again.replay(settings, letters)
            typer.echo(f"{done.sent} sent again, {len(done.left)} left")
            for why, count in Counter(why for _, why in done.left).most_common(20):
                typer.echo(f"  {count} x {why}", err=True)
        elif json:
            for letter in letters:
                typer.echo(encode_letter(letter).decode())
        else:
            for letter in letters:
                origin = (
                    f"{letter.file}:{letter.row}"
                    if letter.file
                    else f"{letter.topic}/{letter.partition}@{letter.offset}"
                )
                typer.echo(f"{origin}  {letter.reason}: {letter.detail}\n    {letter.text[:200]}")
            typer.echo(f"{len(letters)} dead letters")
