"""The commands `tocsin review questions` and `tocsin review answer`: calls that a person looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

from agents.commands.asking import ask, attended
from agents.commands.deciding import decider, review_refusals
from agents.commands.options import Config, Site, settings_of
from agents.terminal import Screen, say, say_json
from agents.translation import counted, labelled, text
from streams.events import Answer
from streams.said import said

if TYPE_CHECKING:
    from agents.history.questions import CallAnswer, LineQuestion
    from streams.status import AskedCall


_KEYS: Final[Mapping[str, Answer]] = {  # accepted in both languages
    **dict.fromkeys(("r", "right", "j", "juste"), "right"),
    **dict.fromkeys(("w", "wrong", "f", "faux"), "wrong"),
    **dict.fromkeys(("c", "cannot-tell", "i", "impossible"), "cannot-tell"),
}
_SKIP: Final = ""
_STOP: Final = "q"


def questions(
    config: Config = None,
    site: Site = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """List the calls that the lines ask a person about, to say whether each was counted rightly."""
    from agents.history.questions import question_json, read_questions

    settings = settings_of(config, site)
    with review_refusals():
        found = read_questions(settings)
    if json:
        say_json([question_json(each.line, each.asked) for each in found])
    else:
        print_questions(found, Screen())


def answer(
    line: Annotated[str | None, typer.Argument(metavar="LINE", help="The line's short id.", show_default=False)] = None,
    call: Annotated[str | None, typer.Argument(metavar="CALL", help="The call's id.", show_default=False)] = None,
    given: Annotated[
        Answer | None, typer.Argument(metavar="ANSWER", help="right, wrong or cannot-tell.", show_default=False)
    ] = None,
    config: Config = None,
    site: Site = None,
    by: Annotated[str | None, typer.Option(help="Who answers.", show_default="the login name")] = None,
) -> None:
    """Answer whether a call was counted rightly; without arguments, one call after another."""
    from agents.history import review
    from agents.history.questions import CallAnswer, read_questions

    if (line is not None and given is None) or (line is None and not attended()):
        raise typer.BadParameter(text("name a line, a call and the answer"))
    settings, who = settings_of(config, site), decider(by)
    with review_refusals():
        asked = [(each, one) for each in read_questions(settings) for one in each.left]
        if line is not None and given is not None:
            answers = [CallAnswer(*_named(asked, line, call or ""), given)]
        else:
            answers = [*_one_by_one(asked)]
        made = [each.review(settings, who) for each in answers]
        if made:
            review.send(settings, *made)
    say(counted("{count} answer sent as {who}", "{count} answers sent as {who}", len(made), who=repr(who)))


def _named(asked: Iterable[tuple[LineQuestion, AskedCall]], line: str, call: str) -> tuple[LineQuestion, AskedCall]:
    """Return a call that a line asks about; raise `ReviewError` if it does not."""
    from agents.history.review import ReviewError

    for each in asked:
        if (each[0].line, each[1].call) == (line, call):
            return each
    raise ReviewError(
        said(
            "line {line} asks about no call {call}; `tocsin review questions` lists the calls",
            line=repr(line),
            call=repr(call),
        )
    )


def _one_by_one(asked: Iterable[tuple[LineQuestion, AskedCall]]) -> Iterator[CallAnswer]:
    """Yield a person's answers at the terminal; the person may skip a call, and stop."""
    from agents.history.questions import CallAnswer

    for question, each in asked:
        say(labelled(question.line, _described(each)), err=True)
        key = None
        while key not in {*_KEYS, _SKIP, _STOP}:
            key = ask(text("r (right), w (wrong), c (cannot tell), Enter (skip) or q (stop)"), "").strip().casefold()
        if key == _STOP:
            return
        if key != _SKIP:
            yield CallAnswer(question, each, _KEYS[key])


def _described(each: AskedCall) -> str:
    from agents.pages import words

    return text(
        "call {call}, {moment}, counted {outcome}",
        call=each.call,
        moment=each.at.isoformat(sep=" ", timespec="seconds"),
        outcome=words.OUTCOME_NAMES[each.counted],
    )


def print_questions(found: Sequence[LineQuestion], screen: Screen) -> None:
    """Print a row for each call, and how many calls wait for an answer."""
    from agents.pages import words
    from agents.table import PrintedTable

    table = PrintedTable()
    table.words(text("line"), text("call"), text("moment"), text("counted as"), text("why"), text("answer"))
    for each in found:
        for one in each.asked.calls:
            table.row(
                each.line,
                one.call,
                one.at.isoformat(sep=" ", timespec="seconds"),
                text(words.OUTCOME_NAMES[one.counted]),
                text(words.ASKED_FOR[each.asked.about]),
                "" if one.answer is None else text(words.ANSWERS[one.answer]),
            )
    if table.rows:
        screen.print(table)
    left = sum(len(each.left) for each in found)
    screen.print(counted("{count} call to check", "{count} calls to check", left), highlight=False)
