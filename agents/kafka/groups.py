"""Members of consumer groups."""

from __future__ import annotations

from typing import Any, Final

from kafka.errors import for_code  # type: ignore[import-untyped]  # ships no types
from kafka.protocol.admin import DescribeGroupsRequest  # type: ignore[import-untyped]

from agents.kafka.client import KafkaAdminClient, KafkaError

NO_GROUP: Final = 69  # Kafka's error code; older brokers and the embedded one return an empty group instead


def members(client: KafkaAdminClient, group: str) -> dict[str, str]:
    """Return the host of each member of a group, by member id; raise `KafkaError` if the broker refuses.

    A member's id begins with its client's name. The embedded broker returns no hosts.
    """

    # kafka-python's own `describe_groups` also asks for rights, and fails on those that the embedded broker returns.
    async def describe() -> Any:  # noqa: ANN401 -- kafka-python's answer, which has no type
        homes = await client._find_coordinator_ids([group])  # noqa: SLF001 -- as `describe_groups` does
        asked = DescribeGroupsRequest(groups=[group], include_authorized_operations=False)
        return await client._manager.send(asked, node_id=homes[group])  # noqa: SLF001 -- the same

    (found,) = client._manager.run(describe).groups  # noqa: SLF001 -- the same
    if found.error_code and found.error_code != NO_GROUP:
        refusal: KafkaError = for_code(found.error_code)(f"the broker does not describe the group {group}")
        raise refusal
    return {each.member_id: each.client_host.lstrip("/") for each in found.members}
