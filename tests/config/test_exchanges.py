"""What an office says of its exchanges is checked."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from config.exchanges import Exchanges


def exchanges(**freeswitch: object) -> Exchanges:
    return Exchanges.model_validate_json(json.dumps({"freeswitch": freeswitch}))


@pytest.mark.parametrize("template", ["", '"${uuid}"', '"${uuid}","${destination_number}"'])
def test_a_template_without_what_a_call_needs_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match="start_|destination_number"):
        exchanges(cdr_template=template)


def test_a_number_that_nobody_named_may_be_a_line() -> None:
    known = exchanges(machines=["777"])
    assert [number for number in ("600", "12345") if known.may_be_a_line(number)] == ["600", "12345"]
    assert [number for number in ("777", "0612345678", "ag201", "", "+33") if known.may_be_a_line(number)] == []
