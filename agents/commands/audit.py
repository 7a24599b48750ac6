"""The command `tocsin audit`: whether what was counted, decided and published is still what it was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.commands.options import Config, refusals, settings_of
from agents.progress import progress
from agents.terminal import say

if TYPE_CHECKING:
    from agents.audit.audit import Audit
    from streams.chain.breach import Breach

Key = Annotated[
    Path | None,
    typer.Option(
        "--key", exists=True, dir_okay=False, help="The public key (Ed25519, PEM) that publications must be signed by."
    ),
]


def audit(
    config: Config = None,
    key: Key = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Verify published figures, decisions and days: what was changed, when and where; status 1 where something was."""
    import msgspec

    from agents.audit.audit import audit as found_by
    from agents.chain.signing import verifying_key

    settings = settings_of(config)
    with refusals(), progress(quiet=json):
        found = found_by(settings, None if key is None else verifying_key(key))
    if json:
        say(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        _say(found)
    if found.breaches:
        raise typer.Exit(1)


def _say(found: Audit) -> None:
    for each in found.breaches:
        say(_sentence(each))
    for remark in found.remarks:
        say(f"remark: {remark}", err=True)
    signed = "" if found.signed is None else f", {found.signed} of them vouched for by the key"
    checked = (
        f"{found.publications} publications{signed}, {found.decisions} decisions, "
        f"{found.days} days, {found.recounted} of them counted anew"
    )
    say(f"{found.site}: {'nothing' if not found.breaches else len(found.breaches)} found in {checked}")


def _sentence(each: Breach) -> str:
    when = "" if each.at is None else f", written {datetime.fromtimestamp(each.at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
    where = "" if each.place is None else f" ({each.place}{when})"
    return f"{each.kind}: {each.subject}: {each.says_en}{where}"
