"""Partitions of one number go to the same worker, even if one topic was given more of them."""

from __future__ import annotations

from agents.worker.assignor import assignor_of
from aiokafka.cluster import ClusterMetadata
from aiokafka.protocol.metadata import MetadataResponse_v0
from faust.assignor.partition_assignor import PartitionAssignor

EVERY = {"calls", "readings", "state"}
ONE_CLIENT = {"member": list(EVERY)}


def cluster(**partitions: int) -> ClusterMetadata:
    found = ClusterMetadata()
    topics = [(0, name, [(0, each, 1, [1], [1]) for each in range(count)]) for name, count in partitions.items()]
    found.update_metadata(MetadataResponse_v0([(1, "127.0.0.1", 9092)], topics))
    return found


def groups(assignor: type[PartitionAssignor], there: ClusterMetadata) -> list[tuple[int, list[set[str]]]]:
    found = assignor._get_copartitioned_groups(EVERY, there, ONE_CLIENT)
    return [(count, [*each]) for count, each in found.items()]


def test_topics_stay_together_though_one_of_them_has_partitions_more() -> None:
    there = cluster(calls=8, readings=10, state=8)
    assert len(groups(PartitionAssignor, there)) == 2, "by itself, Faust parts them"
    assert groups(assignor_of(8), there) == [(8, [EVERY])]


def test_a_topic_that_is_not_there_is_left_out() -> None:
    assert groups(assignor_of(8), cluster(calls=8, state=8)) == [(8, [{"calls", "state"}])]
