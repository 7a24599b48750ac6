"""The metrics: published names and labels, the figures of the fold, and no series for unknown values."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from agents.worker import figures, steps
from tests.agents.scraping import LINES, NOW, TICKETS, TOPIC, Worker, calls, ticket
from tests.streams.telling import value as told

CONTRACT = {  # section 5, what exists so far: type, labels
    "tocsin_calls_offered": ("counter", {"site", "line"}),
    "tocsin_calls_answered": ("counter", {"site", "line"}),
    "tocsin_calls_lost": ("counter", {"site", "line", "reason"}),
    "tocsin_calls_diverted": ("counter", {"site", "line", "reason"}),
    "tocsin_calls_unresolved": ("counter", {"site", "line"}),
    "tocsin_call_wait_seconds": ("histogram", {"site", "line", "outcome"}),
    "tocsin_call_talk_seconds": ("histogram", {"site", "line"}),
    "tocsin_calls_waiting": ("gauge", {"site", "line"}),
    "tocsin_call_longest_wait_seconds": ("gauge", {"site", "line"}),
    "tocsin_lost_call_ratio": ("gauge", {"site", "line", "window"}),
    "tocsin_service_level_ratio": ("gauge", {"site", "line", "window"}),
    "tocsin_call_wait_seconds_mean": ("gauge", {"site", "line", "window"}),
    "tocsin_call_wait_seconds_quantile": ("gauge", {"site", "line", "window", "quantile"}),
    "tocsin_tickets_issued": ("counter", {"site", "service"}),
    "tocsin_tickets_served": ("counter", {"site", "service"}),
    "tocsin_tickets_no_show": ("counter", {"site", "service"}),
    "tocsin_ticket_wait_seconds": ("histogram", {"site", "service"}),
    "tocsin_tickets_waiting": ("gauge", {"site", "service"}),
    "tocsin_ticket_longest_wait_seconds": ("gauge", {"site", "service"}),
    "tocsin_ticket_wait_seconds_mean": ("gauge", {"site", "service", "window"}),
    "tocsin_miscount_suspected": ("gauge", {"site", "line", "service", "channel", "kind"}),
    "tocsin_overload": ("gauge", {"site", "line"}),
    "tocsin_quarantined_slots": ("gauge", {"site", "line", "service", "channel"}),
    "tocsin_figure_withheld": ("gauge", {"site", "line", "reason"}),
    "tocsin_lost_call_ratio_expected": ("gauge", {"site", "line"}),
    "tocsin_events": ("counter", {"topic", "result"}),
    "tocsin_source_last_event_timestamp_seconds": ("gauge", {"site", "source"}),
    "tocsin_checkpoint_age_seconds": ("gauge", set()),
    "tocsin_consumer_lag": ("gauge", {"topic", "partition"}),
}
WINDOWS = {"5m", "15m", "1h", "1d"}


@pytest.fixture
def busy() -> Worker:
    worker = Worker(ends={0: 30, 1: None})
    worker.take(*calls(3), *calls(2, "answered", talk=60), *calls(1, "diverted", reason="voicemail"))
    worker.take(told("offered", NOW, "open"), told("ringing", NOW, "ring"), None, b"{}", calls(1)[0])
    worker.take(told("lost", NOW, line="circulation", reason="closed", source="pbx"), line="circulation")
    worker.call(
        *(ticket("A1", kind, at, "1") for kind, at in (("issued", -600), ("called", -300), ("served", -290))),
        *(ticket("A2", kind, at, "2") for kind, at in (("issued", -500), ("called", -400), ("no_show", -380))),
        *(ticket("A3", "issued", at) for at in (-200, -200)),
        *(ticket("A4", "issued", -100) for _ in range(1)),
        ticket("A1", "completed", -50, "1"),
    )
    return worker


def test_names_types_and_labels_are_those_of_the_contract(busy: Worker) -> None:
    found = {
        family.name: (family.type, set().union(*(sample.labels.keys() for sample in family.samples)) - {"le"})
        for family in text_string_to_metric_families(busy.exposition())
    }
    assert CONTRACT.items() <= found.items()
    assert all(name.startswith("tocsin_") for name in found)


def test_a_scraper_of_openmetrics_reads_the_same(busy: Worker) -> None:
    page = busy.written(generate_openmetrics)
    families = {family.name: family for family in parse_openmetrics(page)}  # type: ignore[no-untyped-call]
    assert CONTRACT.keys() <= families.keys()
    read = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families.values()
        for sample in family.samples
        if not sample.name.endswith("_age_seconds")
    }
    scraped = {at: value for at, value in busy.scrape().items() if not at[0].endswith("_age_seconds")}
    assert read == scraped


def test_the_counters_tickets_are_shown(busy: Worker) -> None:
    samples = busy.scrape()

    def value(name: str, **labels: str) -> float | None:
        return samples.get((name, frozenset({"site": "lozere", "service": "cards", **labels}.items())))

    totals = ("issued", "served", "no_show", "cancelled", "transferred")
    assert [value(f"tocsin_tickets_{kind}_total") for kind in totals] == [4, 1, 1, 0, 0]
    assert (value("tocsin_ticket_wait_seconds_count"), value("tocsin_ticket_wait_seconds_sum")) == (2, 300 + 100)
    assert (value("tocsin_ticket_wait_seconds_bucket", le="120.0"), value("tocsin_tickets_waiting")) == (1, 2)
    assert value("tocsin_ticket_longest_wait_seconds") == 200 + 2, "since the watermark is the latest call's moment"
    means = {window: value("tocsin_ticket_wait_seconds_mean", window=window) for window in WINDOWS}
    assert means == {"5m": None, "15m": 200, "1h": 200, "1d": 200}
    assert value("tocsin_ticket_wait_seconds_quantile", window="15m", quantile="0.9") == pytest.approx(300, rel=0.01)
    assert value("tocsin_ticket_no_show_ratio", window="15m") == 0.5
    assert value("tocsin_ticket_service_seconds_mean", window="15m") == 240
    assert [value("tocsin_counters_open", window=window) for window in ("5m", "15m")] == [1, 2]
    events = {labels: n for (name, labels), n in samples.items() if name == "tocsin_events_total"}
    results = [events[frozenset({("topic", TICKETS), ("result", result)})] for result in ("ok", "duplicate", "late")]
    assert results == [8, 1, 1], "as A2 was issued before A1 was served, and told after"


def test_agents_and_callers_are_shown_as_far_as_they_were_told(busy: Worker) -> None:
    assert busy.value("tocsin_call_occupancy_ratio") is None
    assert busy.value("tocsin_net_lost_caller_ratio") is None
    assert busy.value("tocsin_called_again_ratio") is None
    worker = Worker()
    for number in range(20):
        at, caller = NOW + 60 * number, f"hmac:{number:08x}"
        worker.take(told("offered", at, str(number), caller=caller))
        worker.take(told("answered", at + 10, str(number), wait=10, agent="a" if number % 2 else "b"))
        worker.take(told("ended", at + 70, str(number), talk=60))
    worker.take(
        told("offered", NOW + 1300, "lost", caller="hmac:ffffffff"),
        told("lost", NOW + 1400, "lost", wait=100, reason="abandoned"),
    )
    assert worker.value("tocsin_net_lost_caller_ratio") == pytest.approx(1 / 21)
    # Two agents in both quarters of the twenty minutes, who talked for twenty minutes.
    assert worker.value("tocsin_call_occupancy_ratio") == pytest.approx(20 / 60)
    assert worker.value("tocsin_call_agents") == 0.5, "two of them, in one quarter of each hour"
    assert worker.value("tocsin_call_agents_needed") is not None
    causes = [worker.value("tocsin_calls_lost_over_target", cause=cause) for cause in ("agents", "callers", "unknown")]
    assert causes == [0, 0, 1], "no other week to compare with"
    erlang = worker.value("tocsin_lost_call_ratio_erlang")
    assert erlang is not None
    assert 0 < erlang < 1


def test_labels_come_from_the_catalogue_and_never_from_an_event(busy: Worker) -> None:
    values: dict[str, set[str]] = {}
    for _, labels in busy.scrape():
        for label, value in labels:
            values.setdefault(label, set()).add(value)
    assert values["site"] == {"lozere"}
    assert values["line"] == set(LINES)
    assert values["window"] == WINDOWS
    assert values["quantile"] == {"0.5", "0.9", "0.95"}
    assert values["outcome"] == {"answered", "lost", "diverted", "unresolved"}
    assert values["result"] == {"ok", "duplicate", "late", "invalid"}
    names = "site line service channel label window quantile outcome result reason kind topic partition source le"
    names += " region department exchange provider"
    assert values.keys() == set(names.split())


def test_counters_are_the_figures_of_the_fold(busy: Worker) -> None:
    assert busy.value("tocsin_calls_offered_total") == 7
    assert busy.value("tocsin_calls_answered_total") == 2
    assert busy.value("tocsin_calls_lost_total", reason="unknown") == 3
    assert busy.value("tocsin_calls_lost_total", reason="abandoned") == 0
    assert busy.value("tocsin_calls_diverted_total", reason="voicemail") == 1
    assert busy.value("tocsin_calls_unresolved_total") == 0
    assert busy.value("tocsin_calls_lost_total", line="circulation", reason="closed") == 1
    assert busy.value("tocsin_calls_lost_total", line="standard", reason="closed") is None
    assert busy.value("tocsin_calls_diverted_total", line="standard", reason="closed") == 0


def test_no_counter_falls_where_the_truth_does(busy: Worker) -> None:
    busy.take(told("answered", NOW + 5, "lost 0"), told("lost", NOW + 6, "diverted 0", reason="abandoned"))
    assert busy.value("tocsin_calls_lost_total", reason="unknown") == 3
    assert busy.value("tocsin_calls_lost_total", reason="abandoned") == 1
    assert busy.value("tocsin_calls_diverted_total", reason="voicemail") == 1
    assert busy.value("tocsin_calls_answered_total") == 3


def test_conservation_holds_on_the_page(busy: Worker) -> None:
    samples = busy.scrape()

    def total(name: str) -> float:
        return sum(
            value for (found, labels), value in samples.items() if found == name and ("line", "standard") in labels
        )

    outcomes = sum(total(f"tocsin_calls_{kind}_total") for kind in ("answered", "lost", "diverted", "unresolved"))
    assert total("tocsin_calls_offered_total") == outcomes + total("tocsin_calls_waiting")


def test_histograms_are_cumulative_and_add_up(busy: Worker) -> None:
    samples = busy.scrape()
    buckets = {
        dict(labels)["le"]: value
        for (name, labels), value in samples.items()
        if name == "tocsin_call_wait_seconds_bucket" and {("line", "standard"), ("outcome", "lost")} <= labels
    }
    assert (buckets["5.0"], buckets["10.0"], buckets["15.0"], buckets["+Inf"]) == (0, 1, 3, 3)
    assert list(buckets.values()) == sorted(buckets.values())
    assert busy.value("tocsin_call_wait_seconds_count", outcome="lost") == 3
    assert busy.value("tocsin_call_wait_seconds_sum", outcome="lost") == 33
    assert (busy.value("tocsin_call_talk_seconds_count"), busy.value("tocsin_call_talk_seconds_sum")) == (2, 120)


def test_windows_hold_rates_and_waits(busy: Worker) -> None:
    for window in WINDOWS:
        assert busy.value("tocsin_lost_call_ratio", window=window) == 3 / 6
        assert busy.value("tocsin_service_level_ratio", window=window) == 2 / 6
        assert busy.value("tocsin_call_wait_seconds_mean", window=window) == pytest.approx((10 + 11 + 12 + 10 + 11) / 5)
        quantile = busy.value("tocsin_call_wait_seconds_quantile", window=window, quantile="0.5")
        assert quantile == pytest.approx(11, rel=0.011)


def test_where_nothing_was_counted_a_window_is_absent_and_not_zero() -> None:
    worker = Worker()
    worker.take(told("offered", NOW))
    names = {name for name, _ in worker.scrape()}
    assert names.isdisjoint(name for name, (_, labels) in CONTRACT.items() if "window" in labels)
    worker.take(told("lost", NOW))
    present = {(name, dict(labels).get("window")) for name, labels in worker.scrape()}
    assert {window for name, window in present if name == "tocsin_lost_call_ratio"} == WINDOWS
    assert "tocsin_call_wait_seconds_mean" in {name for name, _ in present}  # the offer included the wait


def test_events_by_result_and_lag(busy: Worker) -> None:
    samples = busy.scrape()
    results = {
        dict(labels)["result"]: value
        for (name, labels), value in samples.items()
        if name == "tocsin_events_total" and ("topic", TOPIC) in labels
    }
    assert results == {"ok": 9, "duplicate": 1, "late": 0, "invalid": 2}
    lags = {
        dict(labels)["partition"]: value
        for (name, labels), value in samples.items()
        if name == "tocsin_consumer_lag" and ("topic", TOPIC) in labels
    }
    assert lags == {"0": 30 - 1 - 10}


def test_the_events_of_a_scrape_are_all_in_its_lines(busy: Worker) -> None:
    more = calls(5)[3:]  # two that it does not have

    def meanwhile(page: Collector) -> bytes:
        if more:
            busy.take(more.pop())  # a worker folds events while it writes a scrape
        return generate_latest(page)

    samples = busy.scrape(meanwhile)
    assert not more
    assert samples["tocsin_events_total", frozenset({("topic", TOPIC), ("result", "ok")})] == 9
    assert busy.value("tocsin_calls_offered_total") == 7 + 2


def test_sources_stand_with_their_last_event(busy: Worker) -> None:
    samples = busy.scrape()
    found = {
        dict(labels)["source"]: value
        for (name, labels), value in samples.items()
        if name == "tocsin_source_last_event_timestamp_seconds"
    }
    assert found == {"pbx": NOW, "unknown": NOW}


def test_a_source_may_have_any_name() -> None:
    worker = Worker()
    name = 'a "quoted"\\ \n\x00 é \U0001f4de'
    worker.take(told("lost", NOW, source=name))
    labels = frozenset({("site", "lozere"), ("source", name)})
    assert ("tocsin_source_last_event_timestamp_seconds", labels) in worker.scrape()


def test_everything_is_restored_with_the_state(busy: Worker) -> None:
    busy.take(told("answered", NOW + 5, "lost 0"))  # makes a counter exceed its true count
    before = busy.scrape()
    busy.restart()
    after = busy.scrape()
    age = {at for at in before if at[0].endswith("_age_seconds")}
    assert {at: value for at, value in after.items() if at not in age} == {
        at: value for at, value in before.items() if at not in age
    }


def test_only_lines_that_are_owned_are_shown(busy: Worker) -> None:
    busy.assign([1])
    assert {dict(labels)["line"] for _, labels in busy.scrape() if "line" in dict(labels)} == {"circulation"}
    busy.ownership.revoke()
    assert not any("line" in dict(labels) for _, labels in busy.scrape())


def test_the_catalogue_is_shown_and_whether_the_office_is_open(busy: Worker) -> None:
    assert busy.value("tocsin_line_info", label="standard") == 1
    assert busy.value("tocsin_lost_call_ratio_target") == 0.10
    assert busy.value("tocsin_service_level_ratio_target") == 0.8
    samples = busy.scrape()
    site = frozenset({("site", "lozere")})
    assert samples["tocsin_site_open", site] == 1
    assert ("tocsin_service_info", site | {("service", "cards"), ("label", "cards")}) in samples
    assert ("tocsin_channel_info", site | {("channel", "email"), ("label", "email")}) in samples
    assert samples["tocsin_ticket_wait_seconds_target", site | {("service", "cards")}] == 1200
    busy.take(told("lost", NOW + 3600 * 12, "at night"))
    assert busy.scrape()["tocsin_site_open", site] == 0


def test_windows_say_how_many_calls_and_tickets_they_hold(busy: Worker) -> None:
    assert busy.value("tocsin_calls_ended", window="5m") == 6
    called = ("tocsin_tickets_called", frozenset({("site", "lozere"), ("service", "cards"), ("window", "15m")}))
    assert busy.scrape()[called] == 2


def test_desks_are_written_before_the_first_scrape_and_again_after_a_rebalance() -> None:
    worker = Worker()
    lines = worker.figures._written.lines
    worker.take(*calls(3))
    for _ in range(2):
        owned = [line for each in worker.ownership.partitions.values() for line in each.lines.values()]
        assert len(owned) == 2
        assert all(map(lines.lacks, owned))
        asyncio.run(worker.figures.prepare())
        assert not any(map(lines.lacks, owned))
        worker.restart()


def test_nothing_is_prepared_before_every_line_may_be_shown() -> None:
    worker = Worker()
    for caught_up, lacking in (({1}, 2), ({0, 1}, 0)):
        worker.ownership.caught_up = caught_up
        asyncio.run(worker.figures.prepare())
        lines = [line for each in worker.ownership.partitions.values() for line in each.lines.values()]
        assert sum(map(worker.figures._written.lines.lacks, lines)) == lacking


def test_preparing_takes_a_bounded_time_and_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "STEP_SECONDS", -1.0)
    monkeypatch.setattr(figures, "PREPARE_SECONDS", -1.0)
    worker = Worker()
    owned = [line for each in worker.ownership.partitions.values() for line in each.lines.values()]
    left = []
    for _ in range(3):
        asyncio.run(worker.figures.prepare())
        left.append(sum(map(worker.figures._written.lines.lacks, owned)))
    assert left == [1, 0, 0]
