"""Latency: one alert for each mark, posted at once, and quantiles that are never optimistic."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from benchmarks.live.latency import came, quantile, routes, rules
from tests.deploy.webhook import webhook


def test_each_mark_has_a_rule_that_waits_for_it() -> None:
    (group,) = rules(3)["groups"]
    assert [rule["alert"] for rule in group["rules"]] == ["Mark1", "Mark2", "Mark3"]
    assert group["rules"][2]["expr"] == 'tocsin_calls_offered_total{line="mark"} >= 3'
    assert not any("for" in rule for rule in group["rules"])


def test_alerts_are_posted_one_by_one_and_at_once() -> None:
    assert (routes("host:1")["route"]["group_by"], routes("host:1")["route"]["group_wait"]) == (["alertname"], "0s")


def test_of_few_values_the_highest_is_the_99th_of_a_hundred() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert quantile(list(map(float, range(1000))), 0.5) == 500.0
    assert quantile(list(map(float, range(1000))), 0.99) == 990.0


def test_the_webhook_notes_when_an_alert_first_came() -> None:
    with webhook() as hook:
        for _ in range(2):
            body = json.dumps({"alerts": [{"labels": {"alertname": "Mark1"}}]}).encode()
            with urlopen(Request(f"http://{hook.address}/", body)):
                pass
        assert hook.posts[0].at < hook.posts[1].at
        assert came(hook) == {"Mark1": hook.posts[0].at}
