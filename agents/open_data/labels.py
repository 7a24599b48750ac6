"""The names of the indicators in the programme Services Publics+, and how closely each matches ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

from agents.language import Language
from agents.open_data.columns import columns
from agents.pages import sheets
from agents.translation import Words
from streams.indicators.kinds import IndicatorKind
from streams.said import said

LABELS: Final = columns("libelles")


class NationalLabel(NamedTuple):
    """The indicator of Services Publics+ (engagement 6) closest to one of ours."""

    label: str
    relation: Literal["meme_definition", "proche", "aucune"]
    remark: str


# From plus.transformation.gouv.fr/engagement/6, which does not name all; its national file has no published columns.
_NATIONAL: Final[Mapping[str, NationalLabel]] = {
    "answer_rate": NationalLabel(
        "Taux de décroché par un agent",
        "meme_definition",
        "Appels traités par un agent sur appels requérant une réponse par un agent. Le « taux de décroché global », où "
        "le serveur vocal répond à une partie des appels, n'est pas dans ces fichiers.",
    ),
    "lost_rate": NationalLabel(
        "Taux de décroché par un agent",
        "proche",
        "Le taux d'appels perdus compte les appels qui n'ont pas abouti, sur tous les appels reçus.",
    ),
    "within_target": NationalLabel(
        "Part des demandes traitées dans le délai annoncé",
        "proche",
        "Même définition si le délai annoncé aux usagers est celui du libellé. Libellé national à vérifier.",
    ),
    "satisfaction": NationalLabel(
        "Satisfaction globale",
        "proche",
        "Selon la question posée et son échelle. Libellé national à vérifier.",
    ),
}
_NONE: Final = NationalLabel("", "aucune", "")


def national_label(kind: str) -> str:
    """Return the national label of a kind of indicator; empty unless both mean the same."""
    found = _NATIONAL.get(kind, _NONE)
    return found.label if found.relation == "meme_definition" else ""


def labels() -> list[dict[str, Any]]:
    text, rows = Words(Language.FR), []
    for kind in get_args(IndicatorKind):
        found = _NATIONAL.get(kind, _NONE)
        title = said(sheets.SHEETS[kind].title.words, limit="N", days=said("days"))
        rows.append(
            {
                "indicateur": kind,
                "libelle": text(title),
                "libelle_services_publics_plus": found.label,
                "relation": found.relation,
                "remarque": found.remark,
            }
        )
    return rows
