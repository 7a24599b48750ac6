"""Typical settings of exchanges, under which the same calls are recorded."""

from __future__ import annotations

from typing import Final, NamedTuple

CEL_EVENTS: Final = (
    "CHAN_START,CHAN_END,HANGUP,ANSWER,APP_START,APP_END,BRIDGE_ENTER,BRIDGE_EXIT,BLINDTRANSFER,ATTENDEDTRANSFER,"
    "PICKUP,LINKEDID_END"
)


class Ways(NamedTuple):
    """One office's settings."""

    name: str
    answer: bool = True  # the exchange answers before the queue
    member: str = "PJSIP/{}"
    member_name: bool = True
    strategy: str = "rrmemory"
    options: str = "tT"  # of Queue
    queues: str = ""  # more settings of every queue
    general: str = ""  # more settings in queues.conf
    apps: str = "queue,dial,voicemail,playback"  # of cel.conf
    events: str = CEL_EVENTS
    cel: str = ""  # more settings of cel.conf
    cel_format: str = ""  # of cel_custom.conf; empty: the sample's
    cdr: str = "unanswered = no"
    cdr_custom: bool = False  # the CDR is cdr_custom's, with a linkedid
    utc: bool = True  # the CDR's times are in UTC, not in the machine's zone
    limited: tuple[str, ...] = ()  # kinds of records that cannot know all with these settings
    realtime: bool = False  # the queue_log is also a table of a database
    restart: str = ""  # the command that restarts the exchange; empty: it is killed


FREEPBX: Final = "Local/{}@from-queue/n"
WAYS: Final = {
    each.name: each
    for each in (
        Ways("plain"),
        Ways("unanswered", answer=False, cdr="unanswered = yes", cdr_custom=True, restart="core stop now"),
        Ways("freepbx", member=FREEPBX, cdr="unanswered = yes", cdr_custom=True, utc=False),
        Ways("optimised", member="Local/{}@from-queue", member_name=False, answer=False, cdr="congestion = yes"),
        Ways("all-events", events="ALL", cel_format="dsv", general="log_membername_as_agent = yes", cdr_custom=True),
        Ways("dates", answer=False, cel="dateformat = %F %T", member=FREEPBX, strategy="ringall", options="t"),
        Ways(
            "announcing",
            strategy="leastrecent",
            queues="ringinuse = yes\nannounce-frequency = 4\nannounce-holdtime = yes\nperiodic-announce = beep\n"
            "periodic-announce-frequency = 5\nweight = 3",
        ),
        Ways("json", events="ALL", cel_format="json"),
        Ways("realtime", realtime=True),
        Ways("no-queue-in-apps", apps="dial,park", limited=("asterisk-cel",)),
    )
}
