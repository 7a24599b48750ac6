"""`tocsin analyze --explain`: every row about a call, and its effect."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agents.commands.adoption import entries_of, told_to
from agents.commands.files import Head, opened, unused
from agents.commands.options import failed
from agents.commands.recognition import FilesRead
from agents.language import Language
from agents.terminal import Screen, say_json
from agents.translation import speaking, spoken_language, text
from config.settings import Settings

if TYPE_CHECKING:
    from agents.sources.context import Context


def explain_call(
    source: FilesRead, context: Context, settings: Settings, call: str, *, adopts: bool, json: bool
) -> None:
    """Print every row about a call and its effect; end with status 1 if there is none."""
    from agents.analysis.account import account, show
    from agents.analysis.explanation import Explained, Sought, find
    from agents.analysis.fold import Analysis
    from agents.sources.trace import Trace

    kind, files = source.kind, source.files
    if not all(map(Path.is_file, files)):
        raise typer.BadParameter(
            text("--explain reads the file twice, so it cannot be standard input; name a file"), param_hint="--explain"
        )
    if not call.strip():
        raise typer.BadParameter(text("'' is not the id of a call"), param_hint="--explain")
    asked = Sought(call.strip(), context.pseudonym)
    now = round(time.time() * 1000)
    first = Analysis(settings, now)
    trace = Trace(asked.name, context.pseudonym, first.aside)
    with opened(files) as rows:
        head = Head(files, rows)
        told = replace(told_to(context, first, kind, adopts=adopts), trace=trace)
        found = find(entries_of(kind, head, told, first, adopts=adopts), asked, trace)
    shown = context.pseudonym.within(asked.text)
    if not found.events:
        unused(kind, head, settings, found.refusals, context.mapping, first.aside)
    if not found.there:
        why = text("{file} has no call {call}", file=head.file, call=repr(shown))
        if found.near:
            near = ", ".join(found.near)
            why = text("{file} has no call {call}; near it are {near}", file=head.file, call=repr(shown), near=near)
        failed(why)
    explained = Explained(settings, now, asked, context.pseudonym)
    with opened(files) as rows:
        told = replace(told_to(context, explained, kind, adopts=adopts), trace=explained.trace)
        explained.take(entries_of(kind, Head(files, rows), told, explained, adopts=adopts))
    with speaking(Language.EN if json else spoken_language()):  # programs read one language
        said = account(explained, shown)
    if json:
        say_json(said)
    else:
        show(said, Screen())
