"""The API of one office: the pages' figures as JSON, page by page, with clear refusals and tags for caches."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agents.board.server import Board
from agents.history.incident_json import incident_of
from config import office
from config.settings import Settings
from tests.agents.board.known import SETTINGS, follower, history, known, suspected
from tests.agents.board.test_server import Answer, answers, ask
from tests.streams.indicators.telling import incident

API = "/api/v1"
OFFICE = f"{API}/sites/lozere"
TOKEN = "0123456789abcdef"
INCIDENTS = [incident(date(2013, month, 4), date(2013, month, 5), status="dismissed") for month in range(1, 8)]
KNOWN = known()._replace(history=history(suspected(), *INCIDENTS, days=[]))


def told(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    found: dict[str, Any] = json.loads(answer.text)
    return found


def with_tokens(folder: Path) -> Settings:
    file = folder / "tokens.yaml"
    file.write_text(f"readers: [{{name: bi, token: {TOKEN}}}]\n", encoding="utf-8")
    file.chmod(0o600)
    return SETTINGS.model_copy(update={"board": office.Board(api=office.Api(tokens_file=file))})


def test_an_office_names_its_desks() -> None:
    sites, site = map(told, ask(f"{API}/sites", OFFICE, what=KNOWN))
    assert sites == {"sites": [site]}
    assert site["lines"]["circulation"] == "Circulation"
    assert (site["services"], site["channels"], site["href"]) == ({"cartes": "Cartes grises"}, {}, OFFICE)


@pytest.mark.slow
def test_a_desk_and_a_year_are_what_the_pages_give() -> None:
    line, page, year, file = ask(
        f"{OFFICE}/lines/circulation?period=2013-11",
        "/lines/circulation?period=2013-11&format=json",
        f"{OFFICE}/totals/2013-11",
        "/years/2013-11?format=json",
    )
    assert told(line) == json.loads(page.text)
    assert told(year) == json.loads(file.text)
    assert "Content-Disposition" not in line.headers


def test_incidents_come_page_by_page_the_latest_first() -> None:
    found, at = list[dict[str, Any]](), f"{OFFICE}/incidents?limit=3"
    while at:
        (answer,) = ask(at, what=KNOWN)
        page = told(answer)
        assert len(page["incidents"]) <= 3
        assert answer.headers.get("Link") == (f'<{page["next"]}>; rel="next"' if page["next"] else None)
        found += page["incidents"]
        at = page["next"]
    every = KNOWN.history.incidents.of("lozere")
    assert len(found) == len(every) == 8
    assert [each["id"] for each in found] == sorted(
        every, key=lambda name: incident_of(every[name]).start, reverse=True
    )
    dismissed, one = ask(f"{OFFICE}/incidents?status=dismissed", f"{OFFICE}/incidents/{found[0]['id']}", what=KNOWN)
    assert len(told(dismissed)["incidents"]) == 7
    assert told(one) == found[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{API}/nothing", 404),
        (API, 404),
        (f"{API}/totals/2013", 404),
        (f"{API}/sites/gard", 404),
        (f"{OFFICE}/totals/2013-13", 404),
        (f"{OFFICE}/lines/nothing", 404),
        (f"{OFFICE}/lines/circulation?period=yesterday", 404),
        (f"{OFFICE}/incidents/nothing", 404),
        (f"{OFFICE}/incidents?after=nothing", 404),
        (f"{OFFICE}/incidents?status=unknown", 400),
        *((f"{OFFICE}/incidents?limit={each}", 400) for each in ("0", "1001", "-1", "x", "²", "")),
    ],
)
def test_a_refusal_is_json_with_its_reason(path: str, status: int) -> None:
    (answer,) = ask(path, what=KNOWN)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.text)
    assert (problem["status"], bool(problem["detail"])) == (status, True)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_api_only_reads_and_allows_no_other_origin(method: str) -> None:
    (answer,) = ask(f"{OFFICE}/incidents", what=KNOWN, method=method, headers={"Origin": "https://evil.example"})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    (read,) = ask(f"{OFFICE}/incidents", what=KNOWN, headers={"Origin": "https://evil.example"})
    assert not [each for found in (answer, read) for each in found.headers if each.startswith("Access-Control")]


def test_a_client_that_has_the_answer_is_told_so() -> None:
    (answer,) = ask(f"{OFFICE}/incidents", what=KNOWN)
    tag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    for sent in (tag, f'"other", {tag}', "*"):
        (again,) = ask(f"{OFFICE}/incidents", what=KNOWN, headers={"If-None-Match": sent})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    (changed,) = ask(f"{OFFICE}/incidents?limit=2", what=KNOWN, headers={"If-None-Match": tag})
    assert changed.status == 200


def test_with_a_file_of_tokens_each_request_needs_one(tmp_path: Path) -> None:
    settings = with_tokens(tmp_path)
    paths = (f"{API}/sites", OFFICE, f"{OFFICE}/incidents", f"{API}/nothing", f"{API}/sites/gard")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"token={TOKEN}"}):
        for answer in ask(*paths, what=KNOWN, settings=settings, headers=headers):
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="tocsin"')
            assert "Circulation" not in answer.text
    found = ask(*paths, what=KNOWN, settings=settings, headers={"Authorization": f"Bearer {TOKEN}"})
    assert [each.status for each in found] == [200, 200, 200, 404, 404]
    described, page = ask(f"{API}/openapi.json", "/healthz", what=KNOWN, settings=settings)
    assert (described.status, page.status) == (200, 200), "the description and the pages need no token"


def test_until_the_topics_are_read_there_is_no_empty_list() -> None:
    unread = follower(KNOWN, None)
    (answer,) = asyncio.run(answers(Board(SETTINGS, unread).app, (f"{OFFICE}/incidents",)))
    assert answer.status == 503
