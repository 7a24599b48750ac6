"""Calls that are transferred after an answer: blind, attended, parked, or by the phone itself."""

from __future__ import annotations

from tests.exchange.case import (
    HANGUP,
    ONE,
    OUTSIDE,
    PARKED,
    QUEUE,
    WAITS,
    Case,
    Counts,
    Step,
    answers,
    consults,
    refers,
)


def transfers() -> list[Case]:
    return [
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
            "forwarded",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=(("Transfer(PJSIP/sip:{2}@127.0.0.1:5060)",), answers(1, 3)),
            second_members="",
        ),
        Case(
            "mobile",
            (QUEUE, HANGUP),
            (WAITS,),
            ONE,
            phones=((f"Transfer(PJSIP/sip:{OUTSIDE}@127.0.0.1:5060)",),),
            picked=0,
        ),
    ]
