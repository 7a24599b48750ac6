"""The connector reads real calls, without menus, other services and odd days."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.detection.bank_calls import bank_days, ordinary
from benchmarks.detection.bank_world import Bank, BankWorld
from benchmarks.detection.office import LINE, stretch
from streams.simulation.attempt import Attempt

HEAD = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t"
    "outcome\tser_start\tser_exit\tser_time\tserver\n"
)
HOUR = 3_600_000


def row(number: int, hour: int, outcome: str = "AGENT", kind: str = "PS", day: str = "990201", queue: int = 5) -> str:
    q_start = f"{hour}:00:10" if queue else "0:00:00"
    return (
        f"A1\t{number}\t{number}\t0\t{kind}\t{day}\t{hour}:00:00\t{hour}:00:10\t10\t{q_start}\t{q_start}\t{queue}\t"
        f"{outcome}\t{hour}:00:15\t{hour}:01:15\t60\tANN\n"
    )


def attempt(number: int, hour: float, outcome: str = "answered") -> Attempt:
    return Attempt(line=LINE, call=f"{number}", start=round(hour * HOUR), wait=0, outcome=outcome)  # type: ignore[arg-type]  # to be short


def test_calls_are_those_of_a_service_that_reached_the_line(tmp_path: Path) -> None:
    file = tmp_path / "calls.txt"
    friday = "990205"
    file.write_text(
        HEAD
        + row(1, 9)
        + row(2, 10, "HANG")
        + row(3, 10, "HANG", queue=0)  # in the menu
        + row(4, 10, kind="NW")
        + row(5, 10, "PHANTOM")
        + row(6, 10, queue=0)
        + row(7, 10, day=friday)
    )
    days = bank_days(file, "PS")
    assert list(days) == [date(1999, 2, 1)]
    answered, lost, at_once = days[date(1999, 2, 1)]
    assert (answered.start, answered.wait, answered.outcome, answered.talk) == (
        9 * HOUR + 10_000,
        5_000,
        "answered",
        60_000,
    )
    assert (lost.outcome, lost.reason, lost.talk) == ("lost", "abandoned", None)
    assert (at_once.outcome, at_once.wait) == ("answered", 0)
    assert answered.caller
    assert answered.caller.startswith("hmac:")


def test_a_day_with_an_outage_or_a_rush_is_not_ordinary() -> None:
    usual = [attempt(number, 9 + number / 40) for number in range(40)]
    days = {date(1999, 2, day): list(usual) for day in range(1, 8)}
    days[date(1999, 2, 8)] = usual[:5]
    days[date(1999, 2, 9)] = usual * 4
    days[date(1999, 2, 10)] = [attempt(number, 9 + number / 40, "lost") for number in range(40)]
    assert list(ordinary(days)) == [date(1999, 2, day) for day in range(1, 8)]


def test_days_drawn_in_blocks_follow_each_other_and_bad_ones_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "calls.txt"
    numbers = iter(range(10**6))
    # every day has calls at an hour of its own; the rush of the 9th makes it no ordinary day
    days = {f"9902{day:02}": 8 + place for place, day in enumerate((1, 2, 3, 4, 7, 8, 9, 10, 11, 14))}
    calls = {day: 120 if day == "990209" else 20 for day in days}
    file.write_text(HEAD + "".join(row(next(numbers), days[day], day=day) for day in days for _ in range(calls[day])))

    def places(block: int) -> list[int]:
        bank = Bank(file=str(file), service="PS", calls_a_day=15, block=block)
        world = BankWorld(bank, stretch(date(2013, 1, 6), 100, bank=True), 1)
        lived = [(day, world.day(day)[LINE]) for day in world.days if day.opened]
        return [round((attempts[0].start / 1000 - day.start) // 3600) - 8 for day, attempts in lived if attempts]

    alone, together = places(1), places(5)
    assert 6 in together
    follows = [sum(one + 1 == next_one for one, next_one in pairwise(each)) for each in (alone, together)]
    assert follows[1] > 0.6 * len(together)
    assert follows[0] < follows[1]


@pytest.mark.parametrize("rate", [None, 0.05])
def test_a_line_year_has_so_many_calls_and_losses(tmp_path: Path, rate: float | None) -> None:
    file = tmp_path / "calls.txt"
    numbers = iter(range(10**6))
    days = ("990201", "990202", "990203", "990204", "990207")
    rows = [
        row(next(numbers), 9 + call % 8, "HANG" if call % 10 == 0 else "AGENT", day=day)
        for day in days
        for call in range(200)
    ]
    file.write_text(HEAD + "".join(rows))
    bank = Bank(file=str(file), service="PS", calls_a_day=50, rate=rate)
    world = BankWorld(bank, stretch(date(2013, 1, 6), 70, bank=True), 1)
    lived = [each for day in world.days for each in world.day(day)[LINE]]
    opened = sum(bool(day.opened) for day in world.days)
    assert opened == 50
    assert len(lived) / opened == pytest.approx(50, rel=0.06)
    assert sum(each.outcome == "lost" for each in lived) / len(lived) == pytest.approx(rate or 0.1, rel=0.2)
    assert len({each.call for each in lived}) == len(lived)


def test_a_line_cannot_have_more_calls_than_the_bank(tmp_path: Path) -> None:
    file = tmp_path / "calls.txt"
    file.write_text(HEAD + row(1, 9) + row(2, 10, "HANG"))
    with pytest.raises(ValueError, match="expected no more"):
        Bank(file=str(file), service="PS", calls_a_day=3).kept()
