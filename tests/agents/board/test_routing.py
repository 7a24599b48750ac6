"""Pages and files arrive compressed if the browser accepts it, except event streams and pages with a secret token."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest

from agents.board.routing import LEAST
from tests.agents.board import morning
from tests.agents.board.browser import served
from tests.agents.board.callbacks.test_routes import deciding
from tests.agents.board.known import follower
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

TEXTS = (
    "/",
    "/?wall",
    "/years/2013",
    "/years/2013?format=sheet",
    "/years/2013?format=json",
    "/lines/circulation",
    "/accessibility",
    "/nothing",
)
ACCEPTED = "gzip, deflate, br"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = morning.SETTINGS.model_copy(update={"board": deciding(tmp_path_factory.mktemp("decide")).board})
    with served(follower(morning.morning(), time.time() + 600, settings), settings) as found:
        yield found


def fetched(address: str, accepted: str = ACCEPTED) -> tuple[str | None, bytes]:
    """Return the coding and the body of an answer."""
    try:
        answer = urlopen(Request(address, headers={"Accept-Encoding": accepted}), timeout=PATIENCE)
    except OSError as error:
        answer = error
    with answer:
        return answer.headers["Content-Encoding"], answer.read()


@pytest.mark.parametrize("path", TEXTS)
def test_a_text_arrives_compressed(address: str, path: str) -> None:
    coding, body = fetched(address + path)
    plain, whole = fetched(address + path, "identity")
    assert (coding, plain) == ("gzip", None)
    assert len(gzip.decompress(body)) == pytest.approx(len(whole), rel=0.01), "a clock may have moved on"
    assert len(body) < 0.5 * len(whole)


def test_a_page_with_a_token_is_sent_as_it_is(address: str) -> None:
    incident = f"/incidents/{morning.WRONG.id}"
    for path in (incident, "/declare?line=standard"):
        coding, body = fetched(address + path)
        assert (b'name="token"' in body, coding, len(body) > LEAST) == (True, None, True), path


@pytest.mark.parametrize("path", ["/healthz", "/years/2013?format=xlsx"])
def test_what_is_short_or_compressed_already_is_sent_as_it_is(address: str, path: str) -> None:
    assert fetched(address + path)[0] is None


def test_an_event_stream_is_sent_as_it_is(address: str) -> None:
    with urlopen(Request(f"{address}/events", headers={"Accept-Encoding": ACCEPTED}), timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Content-Encoding"] is None
        assert answer.readline().strip()
