"""The rules of every desk of the office, and the partition that folds each desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.calls.rules import LineRules
from streams.number import ANY_NUMBERS, Numbers
from streams.requests.rules import ChannelRules
from streams.tickets.rules import ServiceRules


class Catalogue(NamedTuple):
    """The rules of the office's desks by id, `site/name`."""

    lines: Mapping[bytes, LineRules]
    services: Mapping[bytes, ServiceRules]
    channels: Mapping[bytes, ChannelRules]
    home: Callable[[bytes], int]  # an id -> its partition
    numbers: Numbers = ANY_NUMBERS  # the office's dial plan: events must not contain telephone numbers
