"""Metrics of a channel of requests."""

from __future__ import annotations

import msgspec

from tests.agents.scraping import NOW, Worker


def test_requests_are_shown_by_channel() -> None:
    worker = Worker()
    words = [
        ("email", "1", "received", 0),
        ("email", "2", "received", 0),
        ("im341", "1", "received", 0),
        ("email", "1", "answered", 3),
        ("email", "3", "answered", 3),
        ("im341", "2", "received", 20),
    ]
    worker.request(
        *(
            msgspec.json.encode({"channel": channel, "request": name, "type": kind, "at": NOW + day * 86_400})
            for channel, name, kind, day in words
        )
    )
    samples = worker.scrape()

    def values(name: str) -> list[float | None]:
        labels = [frozenset({"site": "lozere", "channel": channel}.items()) for channel in ("email", "im341")]
        return [samples.get((f"tocsin_requests_{name}", each)) for each in labels]

    assert values("received_total") == [2, 2]
    assert values("answered_total") == [1, 0]
    assert values("pending") == [1, 2]
    assert values("never_received") == [1, 0]
    assert values("forgotten_total") == [0, 0]
    assert values("overdue") == [1, None], "the second has no target"
    assert samples["tocsin_events_total", frozenset({"topic": "tocsin.requests", "result": "ok"}.items())] == 6
