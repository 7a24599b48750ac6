"""A year's figures as a file: the same bytes whether a command writes it, the board offers it or a mail carries it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from agents.history.ledger import History
from agents.language import Language
from agents.metrics.indicators import exposition
from agents.pages.sums import sums_of
from agents.report.format import Format
from agents.terminal import Screen
from agents.totals.checked import checked
from agents.totals.document import document
from agents.totals.history import reasons
from agents.totals.page import page
from agents.totals.plan import plan_of
from agents.totals.rows import rows
from agents.totals.table import show
from agents.totals.workbook import workbook
from agents.translation import speaking
from config.settings import Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.vintage import Vintage
from streams.insight.line_sums import BrokenSum


class Edition(NamedTuple):
    """Hold a year's figures as they are handed out, and what is told beside them."""

    annual: Annual
    vintage: Vintage | None = None  # that has these figures
    breaches: Sequence[Breach] = ()  # what does not hold of them
    sums: Sequence[BrokenSum] = ()  # lines that are not the sum of their parts
    days: History | None = None  # of which they were made; None for a vintage of before: it has figures, and no days


def edition_of(
    settings: Settings,
    history: History,
    annual: Annual,
    vintage: Vintage | None = None,
    breaches: Sequence[Breach] = (),
) -> Edition:
    """Return figures as they are now, with all that the days of their history tell beside them."""
    sums = sums_of(settings, partial(history.of_lines, settings.site, annual.period))
    return Edition(annual, vintage, breaches, sums, history)


def written(written_as: Format, edition: Edition, settings: Settings, language: Language) -> bytes:
    """Return the figures as a file of that format has them; what is written for people is in the language."""
    zone = ZoneInfo(settings.timezone)
    annual, vintage, breaches, sums, days = edition
    match written_as:
        case Format.JSON:
            told = document(annual, zone, vintage, breaches, sums, None if days is None else reasons(days, annual))
            return msgspec.json.format(msgspec.json.encode(told)) + b"\n"
        case Format.CSV:
            return rows(annual, zone, breaches, sums).encode()
        case Format.XLSX:
            return workbook(annual, zone, language, vintage, breaches, sums)
        case Format.HTML:
            checks = {} if days is None else checked(settings, days, annual.period)
            return page(annual, zone, language, vintage, breaches=breaches, checked=checks, sums=sums).encode()
        case Format.PROMETHEUS:
            return exposition(annual, plan_of(settings).opened, breaches)
        case Format.TABLE:
            table = StringIO()
            with speaking(language):
                show(annual, zone, vintage, Screen(file=table), breaches, sums)
            return table.getvalue().encode()
