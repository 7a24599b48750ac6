"""`/healthz` of several workers gives the worst of their states and the owner of each partition."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from agents.worker.gathered import STATUSES, health
from agents.worker.liveness import Health


def state(*partitions: int, **more: Any) -> dict[str, Any]:
    return {
        "status": "ok",
        "wrong": [],
        "progress_age_seconds": 0.5,
        "checkpoint_age_seconds": 3.0,
        "partitions": list(partitions),
        "lag": 10,
        "refused": [],
        "catalogues": ["one"],
        **more,
    }


def test_all_well_is_well_together() -> None:
    told = health({1: state(0, 2), 2: state(1, progress_age_seconds=0.1, checkpoint_age_seconds=4.0)})
    assert told == {
        **state(0, 1, 2, lag=20, checkpoint_age_seconds=4.0),
        "workers": {1: {"partitions": [0, 2], "lag": 10}, 2: {"partitions": [1], "lag": 10}},
    }


def test_what_is_wrong_with_one_is_told_with_its_number() -> None:
    told = health({1: state(0), 2: state(status="stalled", wrong=["nothing went forward"], catalogues=["another"])})
    assert (told["status"], told["wrong"]) == ("stalled", ["worker 2: nothing went forward"])
    assert told["catalogues"] == ["another", "one"]


def test_one_that_is_away_is_wrong_and_the_others_are_told() -> None:
    told = health({1: "it ended with status -9", 2: state(0, 1)})
    assert (told["status"], told["wrong"]) == ("away", ["worker 1 is away: it ended with status -9"])
    assert told["partitions"] == [0, 1]
    assert health({1: "it has not started yet"})["status"] == "away"


@pytest.mark.parametrize("status", get_args(Health))
def test_the_order_of_what_is_worst_knows_every_status(status: str) -> None:
    assert status in STATUSES
