"""Calls that join a queue again, that another telephone takes, or in which the exchange itself changes."""

from __future__ import annotations

from tests.exchange.case import (
    HANGUP,
    LOST,
    NO_QUEUE,
    ONE,
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

SHORT = "Queue({q},{o},,,4)"
MESSAGE = "Playback(vm-intro)"  # 5.6 s


def rejoined() -> list[Case]:
    """Return the cases of a caller who comes from a queue into a queue."""
    late = answers(6, 2)
    return [
        Case(
            "penalty",
            ("Set(QUEUE_MAX_PENALTY=1)", SHORT, "Set(QUEUE_MAX_PENALTY=9)", "Set(QUEUE_MIN_PENALTY=5)", QUEUE, HANGUP),
            (Caller(1),),
            ONE,
            phones=(RINGS, answers()),
            members="12",
            steps=(Step(0, "QueuePenalty", {"Interface": "{member:2}", "Penalty": "5", "Queue": "{q}"}),),
        ),
        Case("loop-same", (SHORT, SHORT, QUEUE, HANGUP), (WAITS,), ONE, phones=(late,), queue="timeout=30"),
        Case("message-between", (SHORT, MESSAGE, QUEUE, HANGUP), (WAITS,), ONE, phones=(late,), queue="timeout=30"),
        Case("message-left", (SHORT, MESSAGE, QUEUE, HANGUP), (Caller(0, 13),), LOST, phones=(RINGS,)),
        Case(
            "comes-late",
            (SHORT, "Wait(12)", QUEUE, HANGUP),
            (WAITS,),
            Counts(2, 1, 1, 0),
            phones=(late,),
            queue="timeout=30",
        ),
    ]


def taken() -> list[Case]:
    """Return the cases of a caller whom another telephone takes, or who comes through other channels."""
    local = "Dial(Local/s@{context},30)"
    pick = {"Channel": "PJSIP/{2}", "Application": "PickupChan", "Data": "PJSIP/{1},p", "Async": "true"}
    return [
        Case(
            "pickup",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers(1, 4)),
            steps=(Step(3, "Originate", pick),),
            second_members="",
        ),
        Case("local-left", (local, HANGUP), (Caller(0, 5),), LOST, phones=(RINGS,), keys={"s": (QUEUE, HANGUP)}),
        Case("local-taken", (local, HANGUP), (WAITS,), ONE, phones=(answers(),), keys={"s": (QUEUE, HANGUP)}),
        Case(
            "ring-group",
            ("Dial(Local/{1}@internal/n&Local/{2}@internal/n,20)", HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers()),
            members="",
            second_members="",
            knows=NO_QUEUE,
        ),
        Case(
            "follow-me",
            ("Dial(PJSIP/{1},3)", "Dial(Local/{2}@internal/n,10)", HANGUP),
            (WAITS,),
            ONE,
            phones=(RINGS, answers(1, 4)),
            members="",
            second_members="",
            knows=NO_QUEUE,
        ),
        Case("blind-dead", (QUEUE, HANGUP), (WAITS,), ONE, phones=(refers("2999"),)),
        Case("recorded", ("MixMonitor({q}.wav)", QUEUE, HANGUP), (WAITS,), ONE, phones=(answers(),)),
        Case("music-after", (SHORT, "MusicOnHold(default,6)", HANGUP), (WAITS,), LOST, phones=(RINGS,)),
    ]


def changed() -> list[Case]:
    """Return the cases in which the queue changes while a caller waits."""
    by_hand = {"Interface": "{member:1}", "Queue": "{q}"}
    late = answers(7, 2)
    return [
        Case(
            "queue-reload",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(late,),
            queue="timeout=30",
            steps=(Step(3, "Command", {"Command": "queue reload all"}),),
        ),
        Case(
            "module-reload",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(late,),
            queue="timeout=30",
            steps=(Step(3, "Command", {"Command": "module reload app_queue.so"}),),
        ),
        Case(
            "unpaused",
            (QUEUE, HANGUP),
            (Caller(1),),
            ONE,
            phones=(answers(),),
            steps=(
                Step(0, "QueuePause", {**by_hand, "Paused": "true"}),
                Step(5, "QueuePause", {**by_hand, "Paused": "false"}),
            ),
        ),
        Case(
            "logs-off",
            (QUEUE, HANGUP),
            (Caller(0, 9),),
            LOST,
            phones=(RINGS,),
            steps=(Step(4, "QueueRemove", by_hand),),
        ),
    ]
