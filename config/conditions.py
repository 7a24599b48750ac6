"""A mapping's conditions on rows: which rows count, and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from config import quantities as q
from config.expression import expression
from config.part import Part
from streams.said import said


def some(value: object) -> object:
    """Allow a single text in place of a list of texts."""
    texts = [value] if isinstance(value, str) else value
    return tuple(texts) if isinstance(texts, list) else texts


def _expression(pattern: object) -> object:
    if isinstance(pattern, str):
        expression(pattern)
    return pattern


Texts = Annotated[tuple[q.Text, ...], BeforeValidator(some)]
Values = Annotated[tuple[q.Value, ...], BeforeValidator(some)]
Expression = Annotated[q.Text, BeforeValidator(_expression)]


class Condition(Part):
    """A condition on a value: it is `one_of` a list, `none_of` a list, or matches a `pattern`.

    A text or a list alone means `one_of`.
    """

    one_of: Values = ()
    none_of: Values = ()
    pattern: Expression | None = None

    @model_validator(mode="before")
    @classmethod
    def _values(cls, value: object) -> object:
        return {"one_of": value} if isinstance(value, str | list) else value

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if not (self.one_of or self.none_of or self.pattern):
            raise ValueError(said("one_of, none_of or pattern, or a value in quotes"))
        return self


class OutcomeRule(Part):
    """The meaning of a row if all conditions hold, or always if there are none."""

    when: Mapping[q.Text, Condition] = {}
    means: q.Text


class Outcome(Part):
    """The outcome of a row: by the first matching rule, otherwise by the value of a `column`.

    A meaning is `lost`, or with a reason `lost/timeout`.
    """

    column: q.Text | None = None
    values: Annotated[Mapping[str, q.Text], Field(min_length=1)] | None = None
    rules: Annotated[tuple[OutcomeRule, ...], BeforeValidator(some)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.column is None) != (self.values is None) or not (self.column or self.rules):
            raise ValueError(said("a column and its values, or rules, or both"))
        return self
