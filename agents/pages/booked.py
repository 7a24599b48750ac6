"""Tickets with an appointment beside the others, in words."""

from __future__ import annotations

from agents.translation import Words
from agents.writing import Writing
from streams.indicators.service import BookedVisits


def booked_sentence(booked: BookedVisits, text: Words) -> str:
    """Return how many visitors had an appointment and were served, and the mean waits of both kinds, as counted."""
    writing = Writing(text.language)
    return text(
        "With an appointment, as counted: tickets {issued}, served {served}, no-shows {no_show}; mean wait {wait}, "
        "without an appointment {walk_in}",
        issued=writing.number(booked.issued),
        served=writing.number(booked.served),
        no_show=writing.number(booked.no_show),
        wait=writing.duration(booked.wait),
        walk_in=writing.duration(booked.walk_in_wait),
    )
