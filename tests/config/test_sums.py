"""Sums of services and channels in a configuration, and the mistakes that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.totals.plan import plan_of, rules_of
from config.settings import ConfigError, Settings, load

OFFICE = """
site: lozere
services:
  cartes: {label: "Cartes grises"}
  permis: {}
requests:
  email: {target_days: 5}
  letter: {target_days: 15}
  form: {target_days: 5}
  im341: {days: calendar}
"""


def given(tmp_path: Path, sums: str) -> Settings:
    file = tmp_path / "office.yaml"
    file.write_text(f"{OFFICE}sums: {sums}\n", encoding="utf-8")
    return load(file, {})


def test_a_sum_is_a_figure_of_its_own_name(tmp_path: Path) -> None:
    settings = given(
        tmp_path,
        '{guichets: {label: "Guichets", services: [cartes, permis], target_wait: 30m}, '
        "written: {requests: [email, letter]}, digital: {requests: [email, form]}}\n"
        'office: {notice: ["time_in_service:guichets", "mean_days:written"]}',
    )
    plan = plan_of(settings)
    assert plan.services["guichets"].parts == ("cartes", "permis")
    assert (plan.services["guichets"].label, plan.services["guichets"].target_wait) == ("Guichets", 1800.0)
    assert (plan.channels["digital"].target_days, plan.channels["digital"].days) == (5, "working")
    assert plan.channels["written"].target_days is None, "its channels have different targets"
    assert (plan.channels["written"].label, plan.services["cartes"].parts) == ("written", ())
    assert rules_of(settings) != rules_of(settings.model_copy(update={"sums": {}}))


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        ("{cartes: {services: [cartes, permis]}}", "sums.cartes: a name that no service and no channel has"),
        ("{all: {services: [cartes, permit]}}", "sums.all.services.1: one of cartes, permis (did you mean permis?)"),
        ("{all: {services: [cartes]}}", "sums.all.services: at least two different services"),
        ("{all: {services: [cartes, cartes]}}", "sums.all.services: at least two different services"),
        ("{all: {}}", "sums.all.services: at least two different services"),
        ("{all: {services: [cartes, permis], requests: [email, letter]}}", "sums.all.requests: at least two"),
        ("{all: {requests: [email, im341]}}", "sums.all.requests: channels whose days are all of one kind"),
        ("{all: {requests: [email, letter], target_wait: 5m}}", "sums.all.target_wait: no target_wait"),
    ],
)
def test_a_sum_that_cannot_be_added_up_is_refused(tmp_path: Path, sums: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        given(tmp_path, sums)
    (said,) = [line for line in str(caught.value).splitlines() if "sums." in line]
    where, _, words = expected.partition(": ")
    assert where in said
    assert words in said
