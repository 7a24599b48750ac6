"""The desks of one partition, each made from its rules and its state's record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.desks.channel import Channel
from streams.desks.channel_state import ChannelState
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.desks.service import Service
from streams.desks.service_state import ServiceState
from streams.intake import Desks, desk_key
from streams.requests.rules import ChannelRules
from streams.states import States
from streams.tickets.rules import ServiceRules
from streams.watch.incident import DeskKind

R = TypeVar("R", LineRules, ServiceRules, ChannelRules)
S = TypeVar("S", LineState, ServiceState, ChannelState)
D = TypeVar("D", Line, Service, Channel)


class DeskTable:
    """The desks of partition `number`, by kind and by the keys of their states.

    `recorded` has the keys of the states that must have a record. A desk is refused if such a record is missing, or if
    its record cannot be read.
    """

    def __init__(self, number: int, catalogue: Catalogue, states: States, recorded: Collection[bytes]) -> None:
        self._number = number
        self._home = catalogue.home
        self._states = states
        self._recorded = recorded
        self.by_key: dict[bytes, Desk] = {}
        self.lines = self._own("line", catalogue.lines, Line, LineState)
        self.services = self._own("service", catalogue.services, Service, ServiceState)
        self.channels = self._own("channel", catalogue.channels, Channel, ChannelState)

    def _own(
        self, kind: DeskKind, rules: Mapping[bytes, R], desk_of: Callable[[R, S | None], D], state: type[S]
    ) -> Desks[D]:
        """Create the desks of a kind in this partition."""
        homes = {name: self._home(name) for name in rules}
        here, refused = dict[bytes, D](), set[bytes]()
        for name, desk_rules in rules.items():
            if homes[name] != self._number:
                continue
            key = desk_key(kind, name)
            found, is_refused = self._states.read(key, state, due=key in self._recorded)
            if is_refused:
                refused.add(name)
            else:
                self.by_key[key] = here[name] = self._states.desk(key, desk_rules) or desk_of(desk_rules, found)
        return Desks(here, homes, refused)
