"""The scenarios, each on lines of its own, so that the correct figures of every line are known."""

from __future__ import annotations

from typing import Final

from tests.exchange.case import (
    DIVERTED,
    HANGUP,
    LOST,
    NONE,
    ONE,
    OUTSIDE,
    QUEUE,
    RINGS,
    WAITS,
    Caller,
    Case,
    Counts,
    Step,
    answers,
    refers,
)
from tests.exchange.dialled import dialled
from tests.exchange.rejoined import changed, rejoined, taken
from tests.exchange.transfers import transfers


def cases() -> list[Case]:
    return [*queued(), *rejoined(), *taken(), *changed(), *transfers(), *dialled()]


def queued() -> list[Case]:
    """Return a case that happens in a queue."""
    return [
        Case("answered", (QUEUE, HANGUP), (WAITS,), ONE, phones=(answers(),)),
        Case("caller-ends", (QUEUE, HANGUP), (Caller(0, 6),), ONE, phones=(answers(2, 60),)),
        Case("abandoned", (QUEUE, HANGUP), (Caller(0, 5),), LOST, phones=(RINGS,)),
        Case("timeout", ("Queue({q},{o},,,4)", HANGUP), (WAITS,), LOST, phones=(RINGS,)),
        Case(
            "overflow",
            ("Queue({q},{o},,,4)", "Queue({r},{o},,,20)", HANGUP),
            (WAITS,),
            LOST,
            ONE,
            phones=(RINGS, answers()),
        ),
        Case(
            "again",
            ("Queue({q},{o},,,4)", "Playback(beep)", "Queue({q},{o},,,30)", HANGUP),
            (WAITS,),
            Counts(2, 1, 1, 0),
            phones=(answers(9, 2),),
            queue="timeout=30",
        ),
        Case(
            "full",
            (QUEUE, "Playback(beep)", HANGUP),
            (Caller(0, 6), Caller(2)),
            Counts(2, 0, 2, 0),
            phones=(RINGS,),
            queue="maxlen=1",
            knows={"queue-log": LOST},
        ),
        Case(
            "empty",
            (QUEUE, HANGUP),
            (Caller(2),),
            LOST,
            phones=(RINGS,),
            queue="joinempty=strict",
            steps=(Step(0, "QueuePause", {"Interface": "{member:1}", "Paused": "true", "Queue": "{q}"}),),
            knows={"queue-log": NONE},
        ),
        Case(
            "leaves-empty",
            (QUEUE, HANGUP),
            (Caller(0),),
            LOST,
            phones=(RINGS,),
            queue="leavewhenempty=paused\njoinempty=yes",
            steps=(Step(4, "QueuePause", {"Interface": "{member:1}", "Paused": "true", "Queue": "{q}"}),),
        ),
        Case(
            "key-voicemail",
            ("Answer()", QUEUE, HANGUP),
            (Caller(0, 9, ((3, "1"),)),),
            DIVERTED,
            phones=(RINGS,),
            keys={"1": ("VoiceMail(100@default,s)", HANGUP)},
        ),
        Case(
            "key-callback",
            ("Answer()", QUEUE, HANGUP),
            (Caller(0, None, ((3, "1"),)),),
            DIVERTED,
            phones=(RINGS,),
            keys={"1": ("Playback(beep)", "Wait(1)", HANGUP)},
            key_context="callback",
        ),
        Case(
            "key-other",
            ("Answer()", QUEUE, HANGUP),
            (Caller(0, None, ((3, "2"),)),),
            DIVERTED,
            ONE,
            phones=(RINGS, answers()),
            keys={"2": ("Queue({r},{o},,,20)", HANGUP)},
        ),
        Case(
            "key-same",
            ("Answer()", QUEUE, HANGUP),
            (Caller(0, None, ((3, "3"),)),),
            Counts(2, 1, 0, 1),
            phones=(answers(6, 2),),
            keys={"3": ("Queue({q},{o},,,30)", HANGUP)},
            queue="timeout=30",
        ),
        Case(
            "key-phone",
            ("Answer()", QUEUE, HANGUP),
            (Caller(0, None, ((3, "4"),)),),
            DIVERTED,
            phones=(RINGS, answers()),
            keys={"4": ("Dial(PJSIP/{2},20)", HANGUP)},
            picked=1,
        ),
        Case(
            "ringall",
            (QUEUE, HANGUP),
            (WAITS, Caller(1)),
            Counts(2, 2, 0, 0),
            phones=(answers(4), answers(3), answers(5)),
            members="123",
            queue="strategy=ringall",
        ),
        Case(
            "linear",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers(1)),
            members="12",
            queue="strategy=linear\ntimeout=3",
        ),
        Case(
            "periodic",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(answers(9),),
            queue="timeout=20\nperiodic-announce=beep\nperiodic-announce-frequency=3\nannounce-frequency=5\nannounce-holdtime=yes\nannounce-position=yes\nmin-announce-frequency=3",
        ),
        Case("announced", ("Queue({q},{o},,beep,20)", HANGUP), (WAITS,), ONE, phones=(answers(),)),
        Case("one-round", ("Queue({q},n{o})", HANGUP), (WAITS,), LOST, phones=(RINGS,), queue="timeout=3"),
        Case(
            "goes-on",
            ("Queue({q},c{o},,,20)", "Queue({r},{o},,,20)", HANGUP),
            (WAITS,),
            ONE,
            ONE,
            phones=(answers(1, 2), answers()),
        ),
        Case(
            "then-voicemail",
            ("Queue({q},{o},,,4)", "VoiceMail(100@default,s)", HANGUP),
            (Caller(0, 8),),
            LOST,
            phones=(RINGS,),
        ),
        Case(
            "wrapup",
            (QUEUE, HANGUP),
            (WAITS, Caller(1)),
            Counts(2, 2, 0, 0),
            phones=(answers(1, 2),),
            queue="wrapuptime=4",
        ),
        Case(
            "withdrawn",
            (QUEUE, HANGUP),
            (WAITS,),
            DIVERTED,
            phones=(RINGS,),
            steps=(Step(4, "QueueWithdrawCaller", {"Queue": "{q}", "Caller": "{caller:0}"}),),
            # Neither record shows that somebody took the caller out: it looks as if no agent had been left.
            knows={"asterisk-cel": LOST, "asterisk-cdr": LOST},
        ),
        Case(
            "local-caller",
            ("Dial(Local/s@{context}/n)", HANGUP),
            (WAITS,),
            ONE,
            phones=(answers(),),
            keys={"s": (QUEUE, HANGUP)},
        ),
        Case("inside", (QUEUE, HANGUP), (Caller(0, inside=True),), ONE, phones=(answers(),)),
        Case(
            "odd-name",
            (QUEUE, HANGUP),
            (Caller(0, name='Dupont, "J|ean" Élo|ïse'), Caller(1, 5, name="A|B|C")),
            Counts(2, 1, 1, 0),
            queue="ringinuse=no",
            phones=(answers(2, 8),),
        ),
        Case("weights", (QUEUE, HANGUP), (WAITS,), ONE, phones=(answers(),), queue="weight=5"),
        Case(
            "no-answer-then-none",
            (QUEUE, HANGUP),
            (Caller(0, 12),),
            LOST,
            phones=(("Busy(1)",), RINGS),
            members="12",
            queue="timeout=3\nretry=1",
        ),
        Case(
            "outgoing",
            (QUEUE, HANGUP),
            (),
            NONE,
            phones=(answers(1, 9),),
            steps=(
                Step(
                    1,
                    "Originate",
                    {"Channel": "PJSIP/{1}", "Context": "internal", "Exten": OUTSIDE, "Priority": "1", "Async": "true"},
                ),
            ),
            picked=1,
        ),
        Case(
            "full-told",
            (QUEUE, 'ExecIf($["${{QUEUESTATUS}}"="FULL"]?QueueLog({q},${{UNIQUEID}},NONE,FULL))', HANGUP),
            (Caller(0, 6), Caller(2)),
            Counts(2, 0, 2, 0),
            phones=(RINGS,),
            queue="maxlen=1",
        ),
        Case(
            "gone-in-announcement",
            ("Queue({q},{o},,demo-congrats,20)", HANGUP),
            (Caller(0, 5),),
            LOST,
            phones=(answers(2, 30),),
            picked=1,
        ),
        Case("hold-time-told", (QUEUE, HANGUP), (WAITS,), ONE, phones=(answers(2, 9),), queue="reportholdtime=yes"),
        Case(
            "agent-voicemail",
            (QUEUE, HANGUP),
            (Caller(0, 14),),
            ONE,
            phones=(refers("799"),),
        ),
    ]


CUT: Final = Case(
    "cut",
    (QUEUE, HANGUP),
    (),  # one talks and one waits when the exchange dies, one calls after it
    Counts(3, 2, 0, 0),
    queue="ringinuse=no",
    phones=(answers(1, 60),),
    knows={"asterisk-cdr": ONE},
)
# An exchange that is stopped hangs up first, so in every record the waiting caller gave up.
STOPPED: Final = CUT._replace(name="stopped", first=Counts(3, 2, 1, 0), knows={})
