"""The receivers of alerts: the handbook's are whole, and an unencrypted way or a text without words is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.notify import Notify
from config.settings import ConfigError, load

PAGE = Path(__file__).parents[2] / "docs/operations/alerts.md"


def given(folder: Path, notify: str) -> Notify:
    for name in ("tchap-token", "teams-url", "sms-url", "sms-token"):
        (folder / name).touch(0o600)
    file = folder / "office.yaml"
    file.write_text(
        f"site: x\nlines: {{accueil: {{}}}}\n{notify}".replace("/etc/tocsin", str(folder)), encoding="utf-8"
    )
    found = load(file, {}).notify
    assert found is not None
    return found


def test_the_receivers_of_the_handbook_are_those_of_alertmanagers_routes(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(notify:.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = given(tmp_path, block)
    assert {*found.rooms, *found.gateways} == {"qualite", "technique", "exploitation"}


@pytest.mark.parametrize(
    ("notify", "key"),
    [
        ("rooms: {a: {homeserver: 'http://x.example', room: '!a:x', token_file: FILE}}", "notify.rooms.a.homeserver"),
        ("rooms: {a: {homeserver: 'https://x.example', room: '#a:x', token_file: FILE}}", "notify.rooms.a.room"),
        ("gateways: {a: {url_file: FILE, body: {text: 'no words'}}}", "notify.gateways.a.body"),
        ("gateways: {a: {url_file: FILE, body: {text: ['{summary} {caller}']}}}", "notify.gateways.a.body"),
    ],
)
def test_what_could_not_be_sent_or_says_nothing_is_refused(notify: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        given(tmp_path, f"notify: {{{notify.replace('FILE', '/etc/tocsin/sms-url')}}}")
    assert [each.key for each in caught.value.mistakes] == [key]
