"""Assigns partitions to workers: of every input and of the states, partitions with one number go to one worker.

Faust's assignor keeps topics together only if they have the same number of partitions. If somebody adds partitions to
one topic, Faust's assignor would give that topic's partition 3 to one worker and the states of partition 3 to another,
and both would count. So this assignor uses the configured number of partitions, and assigns added ones to no worker;
`agents.worker.surroundings` reports them.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from aiokafka.cluster import ClusterMetadata
from faust.assignor.partition_assignor import MemberSubscriptionMapping, PartitionAssignor


def assignor_of(partitions: int) -> type[PartitionAssignor]:
    """Return an assignor that keeps this number of partitions of all topics together."""

    class Together(PartitionAssignor):
        @classmethod
        def _get_copartitioned_groups(
            cls, topics: set[str], cluster: ClusterMetadata, subscriptions: MemberSubscriptionMapping
        ) -> MutableMapping[int, Iterable[set[str]]]:
            there = {topic for topic in topics if cluster.partitions_for_topic(topic)}
            return {partitions: cls._group_co_subscribed(there, subscriptions)}

    return Together
