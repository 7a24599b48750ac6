"""The kinds of files."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """Name what a file holds."""

    QUEUE_LOG = "queue-log"
    AMI = "ami"
    CALLS = "calls"
    TICKETS = "tickets"
    POLLS = "polls"
    READINGS = "readings"
    REQUESTS = "requests"
    EVENTS = "events"
    SURVEY = "survey"
