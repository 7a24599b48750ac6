"""Every mechanism that a simulated fault can have, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.simulation.faults.calls import OF_CALLS
from streams.simulation.faults.fault import Mechanism
from streams.simulation.faults.feed import OF_FEED
from streams.simulation.faults.invented import OF_NOTHING
from streams.simulation.faults.totals import OF_TOTALS

MECHANISMS: Final[Mapping[str, Mechanism]] = OF_CALLS | OF_NOTHING | OF_FEED | OF_TOTALS
