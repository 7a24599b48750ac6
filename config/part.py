"""The base of all parts of a configuration: strict and immutable, with errors that name the wrong key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from config import refusal
from config.keys import Path, keys
from config.refusal import ConfigError

M = TypeVar("M", bound="Part")


class Part(BaseModel):
    """Settings that allow no unknown keys, no type conversion and no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=True)


def mistake(key: tuple[str, ...], found: str | None, expected: str) -> PydanticCustomError:
    """Return the error of a validator for a wrong value at a `key` below its own."""
    return PydanticCustomError("mistake", "{expected}", {"key": key, "found": found, "expected": expected})


def validated(
    model: type[M], document: Mapping[str, object], source: str, origins: Mapping[Path, str] | None = None
) -> M:
    """Return the settings in a document. `source` names the document, `origins` the variables that replaced its keys.

    Raise `ConfigError` with all mistakes.
    """
    try:
        # Read as JSON, because only then does a strict model accept a list for a tuple and a text for a day.
        return model.model_validate_json(json.dumps(document, default=str))
    except ValidationError as error:
        known = set(keys(model, document))
        raise ConfigError(refusal.mistakes(error, source, origins or {}, known)) from None
