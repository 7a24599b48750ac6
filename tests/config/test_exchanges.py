"""The exchanges in an office's configuration are checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.exchanges import Exchanges


def exchanges(**freeswitch: object) -> Exchanges:
    return Exchanges.model_validate_json(json.dumps({"freeswitch": freeswitch}))


@pytest.mark.parametrize("template", ["", '"${uuid}"', '"${uuid}","${destination_number}"'])
def test_a_template_without_what_a_call_needs_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match="start_|destination_number"):
        exchanges(cdr_template=template)


@pytest.mark.parametrize("exchange", ["asterisk", "freeswitch"])
def test_a_password_that_others_can_read_is_refused(exchange: str, tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text("sesame")
    kept.chmod(0o644)
    told = json.dumps({exchange: {"password_file": str(kept)}})
    with pytest.raises(ValidationError, match="chmod 600"):
        Exchanges.model_validate_json(told)
    kept.chmod(0o600)
    Exchanges.model_validate_json(told)


def test_a_number_that_nobody_named_may_be_a_line() -> None:
    known = exchanges(machines=["777"])
    assert [number for number in ("600", "12345") if known.may_be_a_line(number)] == ["600", "12345"]
    assert [number for number in ("777", "0612345678", "ag201", "", "+33") if known.may_be_a_line(number)] == []
