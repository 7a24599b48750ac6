"""Changes in the open data since the edition before: old and new values, with the reason if known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from agents.language import Language
from agents.open_data.columns import KEY
from agents.open_data.observations import Observation, PublishedEdition, key_of
from agents.pages import words
from agents.translation import Words
from streams.indicators.annual import Annual
from streams.watch.incident import Incident

_COMPARED: Final = (
    *("valeur", "numerateur", "denominateur", "statut"),
    *("valeur_brute", "numerateur_brut", "denominateur_brut", "statut_brut"),
)


def revised(now: Sequence[Observation], before: Sequence[Observation] | None) -> list[Observation]:
    """Return the rows, each marked as new, revised or unchanged since the edition before."""
    known = None if before is None else {key_of(row): row for row in before}
    return [{**row, "revision": _revision(row, known)} for row in now]


def changes(
    now: Sequence[Observation], before: Sequence[Observation], edition: PublishedEdition, earlier: PublishedEdition
) -> list[dict[str, Any]]:
    """Return a row for each value that differs between two editions, or is in one of them only."""
    new, old = ({key_of(row): row for row in rows} for rows in (now, before))
    found = []
    for key in dict.fromkeys((*old, *new)):
        was, now_is = old.get(key, {}), new.get(key, {})
        if was and now_is and not _differs(was, now_is):
            continue
        found.append(
            {
                **dict(zip(KEY, key, strict=True)),
                "edition_precedente": earlier.vintage and earlier.vintage.number,
                "edition": edition.vintage and edition.vintage.number,
                "ancienne_valeur": was.get("valeur"),
                "nouvelle_valeur": now_is.get("valeur"),
                "ancienne_valeur_brute": was.get("valeur_brute"),
                "nouvelle_valeur_brute": now_is.get("valeur_brute"),
                "ancien_statut": was.get("statut"),
                "nouveau_statut": now_is.get("statut"),
                "motif": _why(was, now_is, edition, earlier),
            }
        )
    return found


def _revision(row: Observation, known: Mapping[tuple[str, ...], Observation] | None) -> str:
    if known is None:
        return "premiere"
    was = known.get(key_of(row))
    return "nouvelle" if was is None else "revisee" if _differs(was, row) else "inchangee"


def _differs(was: Observation, now: Observation) -> bool:
    return any(was[name] != now[name] for name in _COMPARED)


def _why(was: Observation, now: Observation, edition: PublishedEdition, earlier: PublishedEdition) -> str | None:
    """Return why a value changed; None if unknown."""
    text = Words(Language.FR)
    if not was:
        return text("a new row")
    if not now:
        return text("no row any more")
    if decided := _decided((now["indicateur"], now["objet"]), edition.annual, earlier.annual):
        return text.semicolon.join(
            text(
                "{name}: {sentence}",
                name=words.miscount(each),
                sentence=words.STANDINGS[each.status],
            )
            for each in decided
        )
    if any(was[name] != now[name] for name in ("numerateur_brut", "denominateur_brut", "valeur_brute")):
        return text("counted since the edition before")
    if earlier.vintage and edition.vintage and earlier.vintage.rules != edition.vintage.rules:
        return text("other definitions")
    return None


def _decided(subject: tuple[str, str], new: Annual, old: Annual) -> list[Incident]:
    """Return the incidents in `new` that are new or decided otherwise, and concern the subject in either edition."""
    behind = {
        name
        for annual in (new, old)
        for each in annual.indicators
        if (each.kind, each.subject) == subject
        for name in each.incidents
    }
    stood = {each.id: each.status for each in old.incidents}
    return [each for each in new.incidents if each.id in behind and stood.get(each.id) != each.status]
