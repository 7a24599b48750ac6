"""The kinds of files."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    QUEUE_LOG = "queue-log"
    ASTERISK_CEL = "asterisk-cel"
    ASTERISK_CDR = "asterisk-cdr"
    AMI = "ami"
    CALLCENTER = "callcenter"
    FREESWITCH_CDR = "freeswitch-cdr"
    CUCM_CDR = "cucm-cdr"
    CALLS = "calls"
    TICKETS = "tickets"
    POLLS = "polls"
    READINGS = "readings"
    REQUESTS = "requests"
    EVENTS = "events"
    SURVEY = "survey"
