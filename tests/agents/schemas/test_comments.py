"""The comments after a struct's fields are in its schema, wherever a field was declared."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from agents.schemas.comments import comments, describe


class Place(Struct):
    id: str  # of the office


class Counter(Place):
    number: int = msgspec.field(name="no", default=0)  # as it is shown
    open: bool = False


class Pair(Struct, array_like=True):
    here: Counter
    there: list[Counter] = []  # the others


def test_a_comment_goes_with_its_field_by_the_name_in_json() -> None:
    assert comments(Counter) == {"Counter": {"id": "of the office", "no": "as it is shown", "open": ""}}


def test_every_struct_within_is_found() -> None:
    assert comments(Pair | None).keys() == {"Pair", "Counter"}


def test_a_schema_gets_the_words_and_nothing_else() -> None:
    _, schemas = msgspec.json.schema_components([Pair], ref_template="#/$defs/{name}")
    plain = msgspec.json.decode(msgspec.json.encode(schemas))
    said = comments(Pair)
    for name, schema in schemas.items():
        describe(schema, said[name])
    assert schemas["Counter"]["properties"]["no"].pop("description") == "as it is shown"
    assert schemas["Counter"]["properties"]["id"].pop("description") == "of the office"
    assert schemas["Pair"]["prefixItems"][1].pop("description") == "the others"
    assert schemas == plain
