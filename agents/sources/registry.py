"""Every connector, by its kind of file: a new one is a module in the folder of its maker, and a line here.

A survey has none: its answers are no events, so it can only be analysed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agents.sources.asterisk.ami_file import AMI
from agents.sources.asterisk.cdr_file import CDR
from agents.sources.asterisk.cel_file import CEL
from agents.sources.asterisk.queue_log_file import QUEUE_LOG
from agents.sources.cisco.cdr import CUCM_CDR
from agents.sources.connector import Connector
from agents.sources.contract import EVENTS
from agents.sources.freeswitch.callcenter_file import CALLCENTER
from agents.sources.freeswitch.cdr import FREESWITCH_CDR
from agents.sources.kind import FileKind
from agents.sources.tables.table_file import CALLS, POLLS, READINGS, REQUESTS, TICKETS

CONNECTORS: Final[Mapping[FileKind, Connector]] = {
    each.kind: each
    for each in (
        *(QUEUE_LOG, CEL, CDR, AMI),
        *(CALLCENTER, FREESWITCH_CDR, CUCM_CDR),
        *(CALLS, TICKETS, POLLS, READINGS, REQUESTS),
        EVENTS,
    )
}
