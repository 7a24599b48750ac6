"""A certificate as a self-contained HTML page, for an auditor and for printing."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from agents.certificate.certificate import Certificate
from agents.certificate.desk_words import desk_sentences, values
from agents.certificate.words import FAULTS, figure, interval, of_calls, sentences, size, untried, worst
from agents.history.incident_words import kind
from agents.pages.checks import CHECKS, absences, share
from agents.pages.html import spoken
from agents.pages.withheld import broken
from agents.pages.words import STANDINGS
from agents.translation import spoken_language
from agents.writing import Writing
from streams.certificate.sensitivity import HORIZONS


def page(made: Certificate, zone: ZoneInfo) -> str:
    """Return the page in the chosen language."""
    language = spoken_language()
    writing = Writing(language)
    return (
        spoken("agents.certificate", language)
        .get_template("certificate.html.j2")
        .render(
            made=made,
            wrong=broken(made.breaches, language),
            as_of=writing.day(date.fromisoformat(made.as_of)),
            figure=lambda line: figure(line, zone),
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
            kind=kind,
            standings=STANDINGS,
            moment=lambda at: writing.moment(datetime.fromisoformat(at)),
            of_calls=of_calls,
            values=lambda desk: values(desk, zone),
            desk_sentences=desk_sentences,
        )
    )
