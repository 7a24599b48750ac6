"""The live figures agree with the state, and a count is never null."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import astuple

from streams.calls.rules import LineRules
from streams.checks.baseline import Learnt
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import Reading, TicketEvent
from streams.status import (
    ServiceStatus,
    Status,
    TicketWindow,
    line_month,
    line_status,
    service_status,
    services_status,
)
from streams.tickets.rules import ServiceRules
from streams.watch.incident import Incident
from tests.streams.telling import event

AT = 1_543_565_000  # Friday 30 November 2018, 8:03:20 UTC


def local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def line() -> Line:
    return Line(LineRules(site="lozere", line="circulation", expected=0.02))


def test_of_a_line_that_nobody_called_all_is_null_but_the_counts() -> None:
    status = line_status(line(), "Circulation", 0.1, 1000 * AT, local)
    assert (status.offered, status.waiting, status.longest_wait, status.incidents) == (0, 0, None, [])
    assert list(status.windows) == ["5m", "15m", "1h", "1d"]
    for window in status.windows.values():
        assert (window.ended, window.lost_rate, window.service_level, window.mean_wait) == (0, None, None, None)


def test_of_a_line_of_totals_no_moment_is_known_so_its_windows_say_nothing() -> None:
    told = Line(LineRules(site="lozere", line="circulation", lifecycle="totals"))
    told.read(Reading(line="circulation", mode="interval", since=AT - 3_600, at=AT, answered=9, lost=1))
    status = line_status(told, "Circulation", 0.1, 1000 * AT, local)
    assert (status.offered, status.answered, status.lost, status.waiting) == (10, 9, 1, None)
    assert {(each.ended, each.lost_rate) for each in status.windows.values()} == {(None, None)}
    assert msgspec.json.decode(msgspec.json.encode(status), type=Status) == status


def test_a_lines_figures_are_those_of_its_state_and_conserve_its_calls() -> None:
    told = line()
    for number, kind in enumerate(("answered", "answered", "lost", "diverted")):
        told.fold(event("offered", AT + number, str(number)))
        told.fold(event(kind, AT + number + 30 * number, str(number), wait=30 * number))
    told.fold(event("offered", AT + 80, "5"))
    status = line_status(told, "Circulation", 0.1, 1000 * (AT + 120), local)
    assert (status.answered, status.lost, status.diverted, status.unresolved) == (2, 1, 1, 0)
    assert status.offered == status.answered + status.lost + status.diverted + status.unresolved + (status.waiting or 0)
    assert (status.waiting, status.longest_wait) == (1, 40.0)
    window = status.windows["5m"]
    assert (window.ended, window.lost_rate, window.service_level, window.mean_wait) == (4, 0.25, 0.25, 30.0)
    assert (status.id, status.label, status.target, status.expected_lost_rate) == (
        "lozere/circulation",
        "Circulation",
        0.1,
        0.02,
    )
    assert status.at == datetime(2018, 11, 30, 8, 5, 20, tzinfo=UTC)


def test_agents_callers_and_what_is_usual_are_told_where_they_are_known() -> None:
    told, caller = line(), f"hmac:{32 * 'a'}"
    nothing = line_status(told, "Circulation", 0.1, 1000 * AT, local)
    assert (nothing.agents, nothing.to_call_back, nothing.usual) == (None, None, {})
    for number, kind in enumerate(("lost", "answered", "lost")):
        agent = {"agent": "Agent/1"} if kind == "answered" else {}
        told.fold(event("offered", AT + 60 * number, str(number), caller=caller))
        told.fold(event(kind, AT + 60 * number + 10, str(number), wait=10, **agent))
        status = line_status(told, "Circulation", 0.1, 1000 * (AT + 60 * number + 20), local)
        assert status.to_call_back == (kind == "lost"), "who was not reached since"
    assert status.agents == 1
    assert line_status(told, "Circulation", 0.1, 1000 * (AT + 3600), local).agents == 0
    assert line_status(told, "Circulation", 0.1, 1000 * (AT + 86_400), local).to_call_back is None


def test_a_month_has_the_causes_of_losses_and_agents_by_local_hour_of_the_week() -> None:
    told = line()
    assert line_month(told, 0.1, local) is None, "no agent was seen"
    for number in range(40):
        kind, more = (
            ("lost", {"reason": "abandoned"}) if number % 4 else ("answered", {"agent": "Agent/1", "talk": 600})
        )
        told.fold(event("offered", AT + 60 * number, str(number)))
        told.fold(event(kind, AT + 60 * number + 60, str(number), wait=60, **more))
    month = line_month(told, 0.1, local)
    assert month is not None
    assert month.losses.unknown == 30, "no other week is known"
    assert list(month.agents) == [4 * 24 + 7, 4 * 24 + 8]
    status = line_status(told, "Circulation", 0.1, 1000 * AT, local, month)
    assert msgspec.json.decode(msgspec.json.encode(status), type=Status) == status


def test_what_is_usual_is_told_by_the_hours_of_the_weekday_and_an_older_status_can_be_read() -> None:
    told = line()
    told.watch.slot_times.baseline.learn(told.state.watch.baseline, [Learnt(4, 8, offered=20, lost=2)])
    told.watch.slot_times.learnt()
    status = line_status(told, "Circulation", 0.1, 1000 * AT, local)
    assert len(status.usual) == 24
    assert status.usual[8].offered == 20.0
    older = msgspec.json.decode(msgspec.json.encode(status))
    for name in ("agents", "to_call_back", "usual"):
        older.pop(name, None)
    assert msgspec.convert(older, Status) == msgspec.structs.replace(status, usual={})


def test_where_only_outcomes_are_told_nobody_knows_who_waits() -> None:
    told = Line(LineRules(site="lozere", line="circulation", lifecycle="final"))
    told.fold(event("answered", AT, "1", wait=30))
    status = line_status(told, "Circulation", 0.1, 1000 * AT, local)
    assert (status.offered, status.answered, status.waiting, status.longest_wait) == (1, 1, None, None)


def test_an_incident_is_shown_while_it_goes_on_unless_it_is_dismissed() -> None:
    told = line()
    given: dict[str, dict[str, object]] = {
        "goes on": {},
        "over": {"over": True},
        "dismissed": {"status": "dismissed"},
        "confirmed": {"status": "confirmed"},
    }
    for name, more in given.items():
        fields = {"line": "circulation", "cause": "rise", "verdict": "miscount", "kind": "drift", "calls": 9}
        moments = {"start": 1000 * AT, "end": 1000 * AT, "detected": 1000 * AT}
        told.watch.incidents.kept.append(msgspec.convert({"id": name, **fields, **moments, **more}, Incident))
    status = line_status(told, "Circulation", 0.1, 1000 * AT, local)
    assert [(each.id, each.start) for each in status.incidents] == [
        ("goes on", local(1000 * AT)),
        ("confirmed", local(1000 * AT)),
    ]
    assert msgspec.to_builtins(status)["incidents"][0]["from"] == "2018-11-30T08:03:20Z"


def test_a_services_figures_are_those_of_its_state_and_come_back_as_they_were() -> None:
    rules = ServiceRules(site="lozere", service="cards", closing=lambda _: 1000 * AT + 10**8, target_wait=60_000)
    service = Service(rules)
    nothing = service_status(service, "Cartes", 1000 * AT, local, open=False)
    assert (nothing.issued, nothing.longest_wait, nothing.windows["1h"].mean_wait) == (0, None, None)
    steps = [("1", "issued", 0, None), ("2", "issued", 10, None), ("1", "called", 90, "3"), ("1", "served", 95, "3")]
    for ticket, kind, later, counter in steps:
        fields = {"service": "cards", "ticket": ticket, "type": kind, "at": AT + later, "counter": counter}
        service.fold(msgspec.convert(fields, TicketEvent))
    status = service_status(service, "Cartes", 1000 * (AT + 100), local, open=True)
    assert (status.issued, status.served, status.waiting, status.longest_wait) == (2, 1, 1, 90.0)
    window = status.windows["5m"]
    assert (window.called, window.mean_wait, window.counters) == (1, 90.0, 1)
    assert (status.target_wait, status.open) == (60.0, True)
    assert msgspec.json.decode(msgspec.json.encode(status), type=Status) == status


def test_a_second_record_is_shown_beside_the_figures_of_its_line() -> None:
    found = Line(LineRules(site="lozere", line="circulation", witness="cel"))
    for number in range(40):
        for source in ("cel", "pbx") if number != 9 else ("cel",):
            told = event("lost", AT + 60 * number, str(number), wait=5.0, reason="abandoned", source=source)
            (found.bear if source == "cel" else found.fold)(told)
    shown = line_status(found, "Circulation", 0.1, found.state.high, local)
    assert shown.witness is not msgspec.UNSET
    seen = shown.witness
    assert (seen.source, seen.offered, seen.lost, seen.only_there, seen.coverage) == ("cel", 40, 40, 1, 1.0)
    assert seen.matched > 20
    assert line_status(line(), "Circulation", 0.1, 1000 * AT, local).witness is msgspec.UNSET


def service_of(name: str, later: int, windows: TicketWindow, **more: Any) -> ServiceStatus:
    rules = ServiceRules(site="lozere", service=name, closing=lambda _: 1000 * AT + 10**8)
    status = service_status(Service(rules), name, 1000 * (AT + later), local, open=True)
    return msgspec.structs.replace(status, windows=dict.fromkeys(status.windows, windows), **more)


def test_services_together_have_the_sums_the_longest_wait_and_the_earliest_moment() -> None:
    counts = ("issued", "served", "no_show", "cancelled", "transferred", "waiting")
    numbers = dict(zip(counts, (20, 9, 2, 1, 3, 5), strict=True))
    cards = service_of("cards", 60, TicketWindow(3, 100.0, 2), longest_wait=90.0, **numbers)
    titles = service_of("titles", 0, TicketWindow(1, 500.0, 1), longest_wait=None, **numbers)
    empty = service_of("visas", 90, TicketWindow(0, None, 0), longest_wait=30.0)
    both = services_status([cards, titles, empty])
    assert {name: getattr(both, name) for name in counts} == {name: 2 * number for name, number in numbers.items()}
    assert (both.id, both.label, both.at, both.longest_wait) == ("lozere/cards", "cards", titles.at, 90.0)
    assert set(both.windows) == set(cards.windows)
    assert set(map(astuple, both.windows.values())) == {(4, 200.0, 3)}, "the mean is weighted by visitors called"
    assert services_status([titles, titles]).longest_wait is None
    assert services_status([empty, empty]).windows["1h"] == TicketWindow(0, None, 0)
