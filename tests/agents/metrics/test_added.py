"""The pages of several workers are merged: nothing twice, and nothing from a worker that lost its partition."""

from __future__ import annotations

import pytest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from agents.metrics.added import COMBINED, MetricsPage, added
from streams.partition import Partition
from tests.agents.scraping import Samples, Worker, calls

OF_ONE = {"line", "service", "channel", "partition"}  # labels of series that one worker owns


def busy() -> Worker:
    worker = Worker(ends={0: 30, 1: 10})
    worker.take(*calls(5), *calls(4, "answered", talk=60), None)
    worker.take(*calls(2, line="circulation"), line="circulation")
    return worker


def page(worker: Worker, *numbers: int) -> str:
    """Return the page of a worker that owns these of its partitions."""
    own: dict[int, Partition] = worker.ownership.partitions
    worker.ownership.partitions = {number: own[number] for number in numbers}
    try:
        return worker.exposition()
    finally:
        worker.ownership.partitions = own


def samples(text: str) -> Samples:
    read: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in read, f"{series} twice"
            if not sample.name.endswith("_age_seconds"):
                read[series] = sample.value
    return read


def test_two_workers_show_together_what_one_would() -> None:
    worker = busy()
    parts = [MetricsPage(page(worker, 0), 7), MetricsPage(page(worker, 1), 7)]
    assert samples(added(parts)) == samples(worker.exposition())
    assert samples(added([parts[1], parts[0], MetricsPage(page(worker), None)])) == samples(worker.exposition())


def test_one_that_has_slept_through_a_rebalance_is_left_out() -> None:
    worker = busy()
    stale, owner, beginner = (
        MetricsPage(page(worker, 0), 7),
        MetricsPage(page(worker, 0, 1), 8),
        MetricsPage(page(worker), None),
    )
    assert samples(added([stale, owner, beginner])) == samples(worker.exposition())


def test_a_scraper_of_openmetrics_reads_the_same() -> None:
    worker = busy()
    text = worker.written(generate_openmetrics)
    families = list(parse_openmetrics(added([MetricsPage(text, 7), MetricsPage(text, 6)])))  # type: ignore[no-untyped-call]
    read = {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}
    expected = samples(worker.exposition())
    assert {series: value for series, value in read.items() if series in expected} == expected


def test_of_each_family_it_is_decided_how_the_workers_become_one() -> None:
    """A new family is of a line, a service, a channel or a partition, or it stands in `COMBINED`."""
    families = {family.name: family for family in text_string_to_metric_families(busy().exposition())}
    of_one = {name for name, each in families.items() if any(OF_ONE & sample.labels.keys() for sample in each.samples)}
    without = {name for name, family in families.items() if not family.samples}
    of_a_nation = {"tocsin_catalogue_info"}  # whose workers alone show it
    assert families.keys() - of_one - without == COMBINED.keys() - of_a_nation
    assert without & COMBINED.keys() == of_a_nation


@pytest.mark.parametrize(("name", "values", "one"), [("tocsin_events", (3, 4), 7), ("tocsin_catalogues", (2, 1), 2)])
def test_what_each_tells_is_added_up_or_the_worst(name: str, values: tuple[int, int], one: int) -> None:
    pages = [MetricsPage(f"# HELP {name} MetricsPage.\n# TYPE {name} gauge\n{name} {value}.0\n", 1) for value in values]
    assert samples(added(pages)) == {(name, frozenset()): one}


def test_events_have_no_sum_while_a_worker_folds_its_events_again() -> None:
    worker = busy()
    own = page(worker, 0)
    worker.ownership.caught_up = set()
    found = samples(added([MetricsPage(own, 7), MetricsPage(page(worker, 1), 7)]))
    assert not [name for name, _ in found if name == "tocsin_events_total"]
    assert found["tocsin_calls_offered_total", frozenset({"site": "lozere", "line": "standard"}.items())] == 9


def test_what_a_label_says_is_no_family() -> None:
    worker = busy()
    text = worker.exposition().replace('source="', 'source="\\n# HELP me ')
    assert samples(added([MetricsPage(text, 1)])) == samples(text)
