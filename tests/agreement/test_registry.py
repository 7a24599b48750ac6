"""A new surface is read and compared, or listed with a reason."""

from __future__ import annotations

import re
from collections import Counter

from tests.agreement import nation
from tests.agreement.no_figure import no_figure
from tests.agreement.registry import READ, asked, surfaces
from tests.agreement.surfaces import SURFACES

ALL = {*SURFACES, *nation.SURFACES, *READ, "command callbacks", "page /callbacks"}


def test_every_surface_is_compared_or_has_a_reason_why_not() -> None:
    there, known = {*surfaces()}, ALL | {*no_figure()}
    assert sorted(there - known) == [], (
        "compare it in tests/agreement, or say in no_figure.py why it shows no published rate"
    )
    assert sorted(known - there) == [], "there is no such surface"


def test_no_surface_is_both_compared_and_excepted() -> None:
    assert not ALL & {*no_figure()}
    assert [name for name, times in Counter(no_figure()).items() if times > 1] == []


def test_grafana_and_prometheus_ask_for_what_is_known() -> None:
    asks = {re.sub("_(bucket|count|sum)$", "", each) for each in asked()}
    assert len(asks) > 50
    assert asks - {*surfaces()} == set()
