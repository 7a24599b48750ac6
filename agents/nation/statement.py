"""The statement of quality beside a nation's open data, in Markdown: how sums are made, and what they lack."""

from __future__ import annotations

from collections.abc import Iterator

from agents.language import Language
from agents.nation.observed import of_all_lines
from agents.nation.scope import Scope
from agents.nation.telling import SUMS, NationTelling
from agents.open_data.statement import head, heading, shown_plainly, statuses


def units_statement(scope: Scope, language: Language) -> str:
    return "\n".join(_parts(scope, NationTelling(language, scope.zone))) + "\n"


def _parts(scope: Scope, telling: NationTelling) -> Iterator[str]:
    text, whole = telling.text, of_all_lines(scope, scope.unit)
    yield from head(scope.name or text("All offices"), scope.rolled.period, scope.rolled.today, telling)
    yield from heading(text("How it is counted"))
    yield from (f"- {text(sentence)}" for sentence in SUMS)
    yield from heading(text("What is missing"))
    missing = telling.trouble(scope, whole)
    for sentence in missing:
        yield f"- {shown_plainly(sentence)}"
    withheld = telling.withheld_rows(scope)
    for row in withheld:
        yield f"- {shown_plainly(f'{row.unit.label}, {row.desk}')}{text.colon}{row.reason}."
    if not missing and not withheld:
        yield text("Nothing is withheld, and no office is silent.")
    yield from statuses(text)
