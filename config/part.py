"""What every part of a configuration is: strict, unchanging, and refused by the name of its key."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """Hold settings: no key but its own, no value of another type, no change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=True)


def mistake(key: tuple[str, ...], found: str | None, expected: str) -> PydanticCustomError:
    """Return the error of a validator that finds a wrong value at a `key` below its own."""
    return PydanticCustomError("mistake", "{expected}", {"key": key, "found": found, "expected": expected})
