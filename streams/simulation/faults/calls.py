"""Faults that report true calls wrongly: with a flipped outcome, twice, not at all, or with a wrong wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from streams.said import said
from streams.simulation.attempt import Attempt
from streams.simulation.faults.fault import Mechanism, Scene, Severity

_RING = (2_000, 20_000)  # ms: how long an unanswered leg rings
_STALE = 5 * 3_600_000  # ms after closing: when the queue's table is cleared of stale calls


def as_lost(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Flag an answered call as lost, with its wait; the end of its talk is still sent."""
    if a.outcome != "answered" or scene.random.random() >= share:
        return (a,)
    return (replace(a, outcome="lost", reason="abandoned"),)


def as_lost_silently(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Flag an answered call as lost, with its wait and no other sign."""
    if a.outcome != "answered" or scene.random.random() >= share:
        return (a,)
    return (replace(a, outcome="lost", reason="abandoned", agent=None, talk=None),)


def legs_as_lost(a: Attempt, legs: float, scene: Scene) -> Iterable[Attempt]:
    """Report `legs` ringing legs of each answered call as lost calls that begin at the same time as the call."""
    if a.outcome != "answered":
        return (a,)
    rung = [
        Attempt(
            line=a.line,
            call=scene.call(),
            start=a.start,
            wait=round(scene.random.uniform(*_RING)),
            outcome="lost",
            reason="abandoned",
            caller=a.caller,
        )
        for _ in range(scene.number(legs))
    ]
    return (a, *rung)


def twice(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Write a call's rows twice."""
    return (a, replace(a, call=scene.call())) if scene.random.random() < share else (a,)


def lost_again(a: Attempt, times: float, scene: Scene) -> Iterable[Attempt]:
    """Count each lost call `times` times."""
    if a.outcome != "lost":
        return (a,)
    return (a, *(replace(a, call=scene.call()) for _ in range(scene.number(times - 1))))


def redialled(a: Attempt, more: float, scene: Scene) -> Iterable[Attempt]:
    """Count `more` extra attempts for each lost caller, seconds apart, as by a redialling telephone."""
    if a.outcome != "lost":
        return (a,)
    attempts, at = [a], a.start + a.wait
    for _ in range(scene.number(more)):
        at += round(scene.random.uniform(2_000, 25_000))
        wait = round(scene.random.uniform(0, 4_000))
        attempts.append(replace(a, call=scene.call(), start=at, wait=wait))
        at += wait
    return attempts


def answered_missing(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Leave out answered calls, with all their events."""
    return () if a.outcome == "answered" and scene.random.random() < share else (a,)


def answers_missing(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Leave out the answer of an answered call."""
    if a.outcome != "answered" or scene.random.random() >= share:
        return (a,)
    return (replace(a, unsent=frozenset({"answered"})),)


def ends_missing(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Leave out everything after the offer, as a restart does."""
    if scene.random.random() >= share:
        return (a,)
    return (replace(a, legs=(), unsent=frozenset({"answered", "lost", "diverted", "ended"})),)


def lost_missing(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    return () if a.outcome == "lost" and scene.random.random() < share else (a,)


def short_dropped(a: Attempt, seconds: float, _: Scene) -> Iterable[Attempt]:
    """Leave out calls that were lost before a threshold."""
    return () if a.outcome == "lost" and a.wait < seconds * 1000 else (a,)


def diverted_as_lost(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Count callers who left the queue for voicemail or another line as abandoned."""
    if a.outcome != "diverted" or scene.random.random() >= share:
        return (a,)
    return (replace(a, outcome="lost", reason="abandoned", to=None),)


def stale_as_lost(a: Attempt, share: float, scene: Scene) -> Iterable[Attempt]:
    """Keep an answered call in the queue's table until it is cleared at night, then report it lost."""
    if a.outcome != "answered" or scene.random.random() >= share:
        return (a,)
    wait = scene.opened[-1][1] + _STALE - a.start
    return (replace(a, outcome="lost", reason="abandoned", wait=wait, agent=None, talk=None, legs=()),)


def longer_waits(a: Attempt, seconds: float, _: Scene) -> Iterable[Attempt]:
    """Add a constant to every wait that is sent; the moments stay true."""
    return (replace(a, sent_wait=a.wait + round(seconds * 1000)),)


OF_CALLS: Final = {
    "answered-as-lost": Mechanism(
        says=said("share of the answered calls that are flagged lost, though the end of their talk is sent"),
        kinds=("answered-as-lost",),
        severity=Severity(0.18, mildest=0.03, worst=0.5),
        rewrite=as_lost,
    ),
    "answered-as-lost-silently": Mechanism(
        says=said("share of the answered calls that are flagged lost, with no other sign"),
        kinds=("answered-as-lost", "drift"),
        severity=Severity(0.18, mildest=0.03, worst=0.5),
        rewrite=as_lost_silently,
    ),
    "legs-as-lost": Mechanism(
        says=said("ringing legs, for each answered call, that are logged as lost calls"),
        kinds=("multi-leg", "duplicate"),
        severity=Severity(0.22, mildest=0.05, worst=2.0),
        rewrite=legs_as_lost,
    ),
    "rows-twice": Mechanism(
        says=said("share of the calls whose rows are written twice, under new ids"),
        kinds=("duplicate",),
        severity=Severity(1.0, mildest=0.1, worst=1.0),
        rewrite=twice,
    ),
    "lost-again": Mechanism(
        says=said("times that each lost call is counted"),
        kinds=("duplicate",),
        severity=Severity(12.8, mildest=2.0, worst=13.0),
        rewrite=lost_again,
    ),
    "redialled": Mechanism(
        says=said("further attempts, seconds apart, that are counted for each lost call"),
        kinds=("duplicate", "phantom", "drift"),
        severity=Severity(11.8, mildest=1.0, worst=12.0),
        rewrite=redialled,
    ),
    "answered-missing": Mechanism(
        says=said("share of the answered calls without any event"),
        kinds=("missing", "drift"),
        severity=Severity(0.92, mildest=0.2, worst=1.0),
        rewrite=answered_missing,
    ),
    "answers-missing": Mechanism(
        says=said("share of the answered calls without their answered event"),
        kinds=("missing",),
        severity=Severity(0.5, mildest=0.03, worst=1.0),
        rewrite=answers_missing,
    ),
    "ends-missing": Mechanism(
        says=said("share of the calls without any event after the offered one"),
        kinds=("missing",),
        severity=Severity(0.5, mildest=0.03, worst=1.0),
        rewrite=ends_missing,
    ),
    "lost-missing": Mechanism(
        says=said("share of the lost calls without any event"),
        kinds=("missing", "drift"),
        severity=Severity(1.0, mildest=0.7, worst=1.0),
        rewrite=lost_missing,
    ),
    "short-dropped": Mechanism(
        says=said("seconds below which a lost call is no longer counted"),
        kinds=("drift", "missing"),
        severity=Severity(10.0, mildest=2.0, worst=60.0),
        rewrite=short_dropped,
    ),
    "diverted-as-lost": Mechanism(
        says=said("share of the diverted calls that are counted as abandoned"),
        kinds=("drift", "mismatch"),
        severity=Severity(1.0, mildest=0.5, worst=1.0),
        rewrite=diverted_as_lost,
    ),
    "stale": Mechanism(
        says=said("share of the answered calls that stay in the queue's table, and are cleared as lost at night"),
        kinds=("stuck", "closed-hours"),
        severity=Severity(0.18, mildest=0.02, worst=0.5),
        rewrite=stale_as_lost,
    ),
    "longer-waits": Mechanism(
        says=said("seconds added to every reported wait"),
        kinds=("drift", "mismatch"),
        severity=Severity(30.0, mildest=3.0, worst=120.0),
        rewrite=longer_waits,
    ),
}
