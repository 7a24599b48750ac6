"""The names of events and anomalies: English here, French in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.requests import request
from streams.said import Said, said
from streams.tickets import ticket

EVENTS: Final[Mapping[str, Said]] = {
    "offered": said("offered"),
    "ringing": said("ringing"),
    "answered": said("answered"),
    "lost": said("lost"),
    "diverted": said("diverted"),
    "ended": said("ended"),
    "issued": said("ticket issued"),
    "called": said("ticket called"),
    "recalled": said("ticket called again"),
    "served": said("visitor served"),
    "completed": said("visit completed"),
    "no_show": said("visitor did not come"),
    "cancelled": said("ticket cancelled"),
    "transferred": said("ticket transferred"),
    "received": said("request received"),
    "delivered": said("title delivered"),
    "withdrawn": said("request withdrawn"),
    "reading": said("reading"),
    "review": said("review"),
}
ANOMALIES: Final[Mapping[str, Said]] = {
    request.NEVER_RECEIVED: said("receipt never reported"),
    request.ANSWERED_BEFORE_RECEIVED: said("answered before it was received"),
    request.RECEIVED_AGAIN: said("received again after its answer"),
    ticket.NEVER_ISSUED: said("issue never reported"),
    ticket.CALLED_BEFORE_ISSUED: said("called before it was issued"),
    ticket.CALLED_AFTER_CLOSING: said("called over an hour after closing: the wait does not count"),
    ticket.COMPLETED_BEFORE_SERVED: said("completed before it was served"),
}
