"""A pseudonymizer for the tests, for an office in France."""

from __future__ import annotations

from typing import Final

from agents.dialling import numbers_of
from agents.sources.pseudonym import Pseudonymizer
from config.settings import Settings

NUMBERS: Final = numbers_of(Settings(site="lozere"))
PSEUDONYM: Final = Pseudonymizer(b"of the tests only", NUMBERS)
