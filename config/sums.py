"""Sums of an office: several services, or several channels, as one figure of its own name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from config import quantities as q
from config import refusal
from config.part import Part, mistake
from streams.said import said

_FEWEST = 2  # parts of a sum


class DeskSum(Part):
    """A sum of either `services` or `requests`; `target_wait` is in seconds."""

    label: str = ""
    services: tuple[q.Id, ...] = ()
    requests: tuple[q.Id, ...] = ()
    target_wait: q.PositiveDuration | None = None  # of services


def checked_sums(
    sums: Mapping[str, DeskSum], services: Collection[str], channels: Mapping[str, q.DayKind]
) -> Mapping[str, DeskSum]:
    """Return the sums of an office with these services and channels; raise a mistake if one cannot be added up."""
    for name, each in sums.items():
        if name in services or name in channels:
            raise mistake((name,), name, said("a name that no service and no channel has"))
        of, known = ("requests", [*channels]) if each.requests else ("services", [*services])
        parts = each.requests or each.services
        if len(set(parts)) < max(_FEWEST, len(parts)) or (each.requests and each.services):
            words = said("at least two different services, or at least two different channels under requests")
            raise mistake((name, of), ", ".join(parts), words)
        for at, part in enumerate(parts):
            if part not in known:
                words = refusal.suggestion(part, known, said("one of {known}", known=", ".join(known)))
                raise mistake((name, of, str(at)), part, words)
        if len({channels[part] for part in each.requests}) > 1:
            words = said("channels whose days are all of one kind, working or calendar")
            raise mistake((name, of), ", ".join(parts), words)
        if each.requests and each.target_wait is not None:
            raise mistake((name, "target_wait"), f"{each.target_wait:g}s", said("no target_wait: requests have none"))
    return sums
