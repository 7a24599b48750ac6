"""What happens to callers, each case on lines of its own, so that the right figures of every line are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

Does: TypeAlias = tuple[str, ...]  # steps of a dialplan

HANGUP: Final = "Hangup()"
PICKED: Final = "UserEvent(Picked,Phone: ${EXTEN})"  # what a telephone says as it is lifted
PARKED: Final = "701"
OUTSIDE: Final = "0465710099"  # a number of nobody


class Counts(NamedTuple):
    offered: int
    answered: int
    lost: int
    diverted: int


class Caller(NamedTuple):
    at: float  # s after the case begins
    patience: float | None = None  # s; None: until the other side hangs up
    keys: tuple[tuple[float, str], ...] = ()  # s after the caller called
    name: str = ""
    inside: bool = False  # an extension of the office calls


class Step(NamedTuple):
    """Say what somebody of the office does, as an action of the manager.

    `{member:1}` is phone 1 as a member of the queue, `{caller:0}` the channel of the first caller.
    """

    at: float
    action: str
    headers: Mapping[str, str]


class Case(NamedTuple):
    """Hold one case. `{q}`, `{r}` are its queues, `{1}` to `{3}` its phones, `{n}` its number, `{m}` its second one."""

    name: str
    plan: tuple[str, ...]  # what the number does
    callers: tuple[Caller, ...]
    first: Counts  # of the line of the number and the queue
    second: Counts = Counts(0, 0, 0, 0)  # of the line of the second queue
    phones: tuple[Does, ...] = ()  # what each does, by the world's dialplan
    members: str = "1"  # phones in the first queue
    second_members: str = "2"
    queue: str = ""  # more settings of the first queue
    keys: Mapping[str, tuple[str, ...]] = {}  # what its context does
    key_context: str = "keys"
    steps: tuple[Step, ...] = ()
    second_plan: tuple[str, ...] = ()  # what the second number does
    picked: int | None = None  # phones that were lifted; as many as were answered, where nothing is said
    knows: Mapping[str, Counts] = {}  # of the first line, by the kind of a record: where it cannot know all


def answers(after: float = 2, talk: float = 3) -> Does:
    return "Ringing()", f"Wait({after})", "Answer()", PICKED, f"Wait({talk})", HANGUP


def refers(to: str, after: float = 1, talk: float = 3) -> Does:
    """Answer, then lead the caller on by REFER, as a telephone's transfer key does."""
    return *answers(after, talk)[:-1], f"Transfer(PJSIP/sip:{to}@127.0.0.1:5060)", "Wait(1)", HANGUP


def consults(to: str, talk: float = 3, ends: float = 5) -> Does:
    """Answer, call somebody by the office's feature code, and hang up once they have spoken."""
    led = f"Wait({talk})", "SendDTMF(*2,150,150)", "Wait(1.5)", f"SendDTMF({to},100,150)", f"Wait({ends})", HANGUP
    return *answers(1)[:-2], *led


RINGS: Final = "Ringing()", "Wait(600)"
WAITS: Final = Caller(0)
ONE, LOST, DIVERTED, NONE = Counts(1, 1, 0, 0), Counts(1, 0, 1, 0), Counts(1, 0, 0, 1), Counts(0, 0, 0, 0)
NO_QUEUE: Final = {"queue-log": NONE, "ami": NONE}
QUEUE: Final = "Queue({q},{o},,,20)"


def cases() -> list[Case]:
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
            "blind-queue",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            ONE,
            phones=(refers("{m}"), answers()),
            second_plan=("Queue({r},{o},,,20)", HANGUP),
        ),
        Case("blind-phone", (QUEUE, HANGUP), (WAITS,), ONE, phones=(refers("{2}"), answers()), picked=2),
        Case("blind-outside", (QUEUE, HANGUP), (WAITS,), ONE, phones=(refers(OUTSIDE),)),
        Case(
            "blind-same",
            (QUEUE, HANGUP),
            (WAITS,),
            Counts(2, 2, 0, 0),
            phones=(refers("{n}", 1, 2), answers(1, 3)),
            members="12",
            queue="strategy=linear\ntimeout=3\nwrapuptime=15\nringinuse=no",
        ),
        Case("att-phone", (QUEUE, HANGUP), (WAITS,), ONE, phones=(consults("{2}"), answers(1, 9)), picked=2),
        Case(
            "att-queue",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            ONE,
            phones=(consults("{m}", ends=8), answers(2, 12)),
            second_plan=("Queue({r},{o},,,20)", HANGUP),
        ),
        Case(
            "att-queue-early",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            ONE,
            phones=(consults("{m}", ends=2), answers(7, 4)),
            second_plan=("Queue({r},{o},,,20)", HANGUP),
        ),
        Case("att-outside", (QUEUE, HANGUP), (WAITS,), ONE, phones=(consults(OUTSIDE),)),
        Case(
            "parked",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(refers("700"), answers(1, 4)),
            steps=(
                Step(
                    9,
                    "Originate",
                    {"Channel": "PJSIP/{2}", "Context": "internal", "Exten": PARKED, "Priority": "1", "Async": "true"},
                ),
            ),
            picked=2,
            second_members="",
        ),
        Case(
            "dial",
            ("Dial(PJSIP/{1}&PJSIP/{2},20)", HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers()),
            members="",
            second_members="",
            knows=NO_QUEUE,
        ),
        Case(
            "dial-voicemail",
            ("Dial(PJSIP/{1}&PJSIP/{2},4)", "VoiceMail(100@default,s)", HANGUP),
            (Caller(0, 8),),
            DIVERTED,
            phones=(RINGS, RINGS),
            members="",
            second_members="",
            knows=NO_QUEUE,
        ),
        Case(
            "dial-none",
            ("Dial(PJSIP/{1},4)", HANGUP),
            (WAITS,),
            LOST,
            phones=(RINGS,),
            members="",
            knows=NO_QUEUE,
        ),
        Case(
            "dial-abandoned",
            ("Dial(PJSIP/{1},20)", HANGUP),
            (Caller(0, 4),),
            LOST,
            phones=(RINGS,),
            members="",
            knows=NO_QUEUE,
        ),
        Case(
            "dial-busy",
            ("Dial(PJSIP/{1},20)", "Busy(2)", HANGUP),
            (WAITS,),
            LOST,
            phones=(("Busy(1)",),),
            members="",
            knows=NO_QUEUE,
        ),
        Case(
            "dial-queue",
            ("Dial(PJSIP/{2},4)", "Queue({q},{o},,,20)", HANGUP),
            (WAITS,),
            ONE,
            phones=(answers(), RINGS),
            second_members="",
        ),
        Case(
            "menu-left",
            ("Answer()", "Background(beep)", "WaitExten(20)", QUEUE, HANGUP),
            (Caller(0, 4),),
            LOST,
            phones=(RINGS,),
            knows=NO_QUEUE,
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
            # Neither says that somebody took the caller out: it looks as if no agent had been left.
            knows={"asterisk-cel": LOST, "asterisk-cdr": LOST},
        ),
        Case(
            "forwarded",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(("Transfer(PJSIP/sip:{2}@127.0.0.1:5060)",), answers(1, 3)),
            second_members="",
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
            "agi-menu",
            ("Answer()", "Read(k,beep,1,,1,6)", 'GotoIf($["${{k}}"="1"]?internal,{m},1)', HANGUP),
            (Caller(0, None, ((2, "1"),)),),
            NONE,
            ONE,
            phones=(RINGS, answers()),
            second_plan=("Queue({r},{o},,,20)", HANGUP),
        ),
        Case(
            "no-answer-then-none",
            (QUEUE, HANGUP),
            (Caller(0, 12),),
            LOST,
            phones=(("Busy(1)",), RINGS),
            members="12",
            queue="timeout=3\nretry=1",
        ),
        Case("closed", ("Answer()", "Playback(beep)", HANGUP), (WAITS,), LOST, members="", knows=NO_QUEUE),
        Case(
            "one-by-one",
            ("Dial(PJSIP/{1},3)", "Dial(PJSIP/{2},10)", HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers()),
            members="",
            second_members="",
            knows=NO_QUEUE,
        ),
        Case(
            "mobile",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=((f"Transfer(PJSIP/sip:{OUTSIDE}@127.0.0.1:5060)",),),
            picked=0,
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
# An exchange that is told to stop hangs up first: who waited has given up, in every record.
STOPPED: Final = CUT._replace(name="stopped", first=Counts(3, 2, 1, 0), knows={})
