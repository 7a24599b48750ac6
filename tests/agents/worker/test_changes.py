"""An incident is published when it has changed, and again if the broker refused it."""

from __future__ import annotations

import msgspec

from agents.history.incident_json import incident_of
from agents.history.incident_schema import decode_incident, desk_in, named_desk
from agents.worker.changes import IncidentChanges
from config.nation import Nation
from config.offices import Offices
from tests.agents.scraping import HOMES, Worker
from tests.streams.partitions import declaration
from tests.streams.telling import Message


def test_an_incident_is_taken_once_until_it_changes_or_fails() -> None:
    worker = Worker()
    changes = IncidentChanges(worker.ownership, worker.roster)
    assert changes.take() == {}
    worker.ownership.partitions[0].reviews.take([Message(0, b"lozere/standard", declaration())])
    taken = changes.take()
    ((name, value),) = taken.items()
    incident = decode_incident(value)
    assert (incident["site"], incident["id"]) == ("lozere", name)
    assert changes.take() == {}
    changes.failed({name})
    assert changes.take() == taken
    changes.forget()
    assert changes.take() == taken
    dismissal = {"decision": "dismiss", "incident": name, "by": "m.durand", "at": 1_543_700_000}
    worker.ownership.partitions[0].reviews.take([Message(1, b"lozere/standard", msgspec.json.encode(dismissal))])
    assert decode_incident(changes.take()[name])["status"] == "dismissed"


def test_incidents_of_a_service_and_a_channel_are_published_under_their_own_names() -> None:
    worker = Worker()
    changes = IncidentChanges(worker.ownership, worker.roster)
    for number, of in ((0, {"service": "cards"}), (1, {"channel": "email"})):
        ((_, name),) = of.items()
        partition = worker.ownership.partitions[HOMES[f"lozere/{name}".encode()]]
        record = Message(number, f"lozere/{name}".encode(), declaration(None, **of))
        assert partition.reviews.take([record]) == []
    incidents = {key: decode_incident(value) for key, value in changes.take().items()}
    assert set(incidents) == {"cards-19700101T000000Z-declared-service", "email-19700101T000000Z-declared-channel"}
    assert [named_desk(each) for each in incidents.values()] == [{"service": "cards"}, {"channel": "email"}]
    assert [desk_in(each) for each in incidents.values()] == [
        (incident_of(each).desk, incident_of(each).line) for each in incidents.values()
    ]


def test_incidents_of_a_nation_s_offices_are_told_apart_though_their_ids_are_alike() -> None:
    worker = Worker()
    sites = worker.roster.offices.sites
    worker.roster.offices = Offices(Nation.model_validate_json('{"sites": ["sites"]}'), sites)
    worker.ownership.partitions[0].reviews.take([Message(0, b"lozere/standard", declaration())])
    ((key, value),) = IncidentChanges(worker.ownership, worker.roster).take().items()
    assert key == f"lozere/{decode_incident(value)['id']}"
