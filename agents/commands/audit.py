"""The command `tocsin audit`: checks that nothing was altered after it was recorded."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.commands.options import Config, Site, refusals, settings_of
from agents.progress import progress
from agents.terminal import say
from agents.translation import counted, labelled, text

if TYPE_CHECKING:
    from agents.audit.audit import Audit
    from streams.chain.breach import Breach

Key = Annotated[
    Path | None,
    typer.Option(
        "--key", exists=True, dir_okay=False, help="The public key (Ed25519, PEM) that publications must be signed by."
    ),
]


Expected = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="HASH",
        help="The hash of a publication that must be there, as `totals --publish`, a mail or the open data show it.",
    ),
]


def audit(
    config: Config = None,
    site: Site = None,
    key: Key = None,
    expected: Expected = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Check that published figures, decisions and days were not altered; status 1, with details, if any was."""
    import msgspec

    from agents.audit.audit import audit as found_by
    from agents.chain.signing import verifying_key
    from agents.shape import breach_shape

    settings = settings_of(config, site)
    with refusals(), progress(quiet=json):
        found = found_by(settings, None if key is None else verifying_key(key), _hash(expected))
    if json:
        told = msgspec.structs.asdict(found) | {"breaches": [*map(breach_shape, found.breaches)]}
        say(msgspec.json.format(msgspec.json.encode(told, enc_hook=str)).decode())
    else:
        _say(found)
    if found.breaches:
        raise typer.Exit(1)


def _hash(expected: str | None) -> str | None:
    """Return the hash that a person gave, in lower case; refuse anything else."""
    if expected is not None and re.fullmatch(r"[0-9a-fA-F]{64}", expected.strip()) is None:
        words = text("{found} is no hash; expected 64 hexadecimal digits", found=repr(expected))
        raise typer.BadParameter(words, param_hint="--expect")
    return None if expected is None else expected.strip().lower()


def _say(found: Audit) -> None:
    for each in found.breaches:
        say(_sentence(each))
    for remark in found.remarks:
        say(text("remark: {remark}", remark=text(remark)), err=True)
    checked = [counted("{count} publication", "{count} publications", found.publications)]
    if found.signed is not None:
        checked.append(text("{count} of them covered by the key's signatures", count=found.signed))
    if found.stamped is not None:
        checked.append(text("{count} of them with a valid time stamp", count=found.stamped))
    checked += [
        counted("{count} decision", "{count} decisions", found.decisions),
        counted("{count} day", "{count} days", found.days),
        text("{count} of them recounted", count=found.recounted),
    ]
    say(
        text(
            "{site}: checked {checked}; alterations found: {count}",
            site=found.site,
            count=len(found.breaches),
            checked=", ".join(checked),
        )
    )


def _sentence(each: Breach) -> str:
    sentence = labelled(each.subject, each.says)
    if each.place is None:
        return sentence
    if each.at is None:
        return f"{sentence} ({each.place})"
    when = f"{datetime.fromtimestamp(each.at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return text("{sentence} ({place}, written {when})", sentence=sentence, place=each.place, when=when)
