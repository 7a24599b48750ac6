"""A certificate as one page of HTML, with all that it needs inside: for an auditor, and for paper."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from agents.certificate.certificate import Certificate
from agents.certificate.words import FAULTS, figure, interval, of_calls, sentences, size, untried, worst
from agents.language import Language
from agents.pages.both import CHECKS, MISCOUNTS, STANDINGS, absences, broken, share
from agents.pages.html import spoken
from agents.writing import FRENCH
from streams.certificate.sensitivity import HORIZONS


def page(made: Certificate, zone: ZoneInfo, lang: Language) -> str:
    """Return the page in one language."""
    as_of = date.fromisoformat(made.as_of)
    return (
        spoken("agents.certificate", lang)
        .get_template("certificate.html.j2")
        .render(
            made=made,
            wrong=broken(made.breaches),
            as_of=FRENCH.day(as_of) if lang is Language.FR else made.as_of,
            figure=lambda line: figure(line, zone).by(lang),
            sentences=sentences,
            checks=CHECKS,
            share=share,
            absences=absences,
            faults=FAULTS,
            untried=untried,
            horizons=HORIZONS,
            size=size,
            worst=worst,
            interval=interval,
            kinds=MISCOUNTS,
            standings=STANDINGS,
            moment=lambda at: (
                FRENCH.moment(datetime.fromisoformat(at)) if lang is Language.FR else at[:16].replace("T", " ")
            ),
            of_calls=of_calls,
        )
    )
