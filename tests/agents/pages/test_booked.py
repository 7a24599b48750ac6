"""The tickets with an appointment in a sentence, in the reader's language."""

from __future__ import annotations

from agents.language import Language
from agents.pages.sentences import booked_sentence
from agents.translation import Words
from streams.indicators.service import BookedVisits


def test_a_wait_that_nobody_had_is_a_dash() -> None:
    booked = BookedVisits(12, 10, 1, 240.0, None)
    assert booked_sentence(booked, Words(Language.FR)).replace("\N{NARROW NO-BREAK SPACE}", " ") == (
        "Sur rendez-vous, valeurs brutes : tickets 12, servis 10, absents 1 ; attente moyenne 4 min 00 s, "
        "sans rendez-vous —"
    )
