"""What records say of calls, and why they differ, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from agents.pages.both import Both
from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.events import Reason
from streams.reconcile.matching import Way
from streams.reconcile.sighting import Sighting
from streams.reconcile.verdict import Why

WHY: Final[Mapping[Why, Both]] = {
    "turned-away": Both("refusés à l'entrée de la file", "turned away at the door of the queue"),
    "no-row": Both("aucune ligne écrite pour cet appel", "no row written for the call or its end"),
    "false-answer": Both("une machine comptée comme une réponse", "a machine's answer taken for a human's"),
    "cut-by-restart": Both("coupés par un redémarrage du central", "cut by a restart of the exchange"),
    "transfer": Both("seconde étape d'un même appelant", "a second leg of a caller, or one that went on elsewhere"),
    "clock": Both("même appel, à une autre heure", "the same call at another moment"),
    "unknown": Both("sans raison connue", "for no known reason"),
}
REASONS: Final[Mapping[Reason, Both]] = {
    "abandoned": Both("l'appelant a raccroché", "abandoned"),
    "timeout": Both("délai dépassé", "timeout"),
    "full": Both("file pleine", "full"),
    "closed": Both("fermé", "closed"),
    "no_agents": Both("aucun agent", "no agents"),
    "key": Both("touche", "key"),
    "transfer": Both("transfert", "transfer"),
    "voicemail": Both("messagerie", "voicemail"),
    "callback": Both("rappel demandé", "callback"),
    "unknown": Both("cause inconnue", "unknown cause"),
}
_KINDS: Final = {LOST: Both("perdu", "lost"), DIVERTED: Both("dirigé ailleurs", "diverted")}


AMBIGUOUS: Final = Both(
    "pourraient se confondre : non rapprochés, comptés une fois ensemble",
    "could be one another's: not joined, and counted once together",
)
OUTSIDE: Final = Both("hors du temps que couvre l'autre relevé", "lie outside the time that the other record covers")
RULES: Final = (
    Both(
        "Un appel qu'un seul relevé contient compte une fois : un relevé omet des appels, il n'en invente pas.",
        "A call that one record alone has counts once: records leave calls out, they make none up.",
    ),
    Both(
        "Une issue l'emporte sur l'absence d'issue : un relevé coupé, ou troué, ignore la fin.",
        "An outcome is believed over none: a record that was cut, or lacks a row, knows of no end.",
    ),
    Both(
        "Une réponse n'est crue, contre l'autre relevé, que si son relevé voit un téléphone relié à l'appelant "
        "(queue-log, asterisk-cel, ami, callcenter), ou si aucun des deux ne le voit : une machine répond aussi.",
        "A human's answer is believed against the other record where its own sees a telephone connected to the caller "
        "(queue-log, asterisk-cel, ami, callcenter), or where neither does: a machine answers too.",
    ),
    Both(
        "Entre une perte et un départ vers ailleurs, le départ l'emporte : c'est un geste qui a été vu.",
        "Of a loss and a flow to elsewhere the flow is believed: it is an act that was seen.",
    ),
    Both(
        "Des appels qui pourraient se confondre ne sont pas rapprochés, et comptent une fois ensemble.",
        "Calls that could be one another's are not joined, and count once together.",
    ),
)
METHODS: Final[Mapping[Way, Both]] = {
    "id": Both(
        "médiane des écarts de début des appels de même identifiant, par tranches de six heures ; dérive de Theil-Sen",
        "median difference of the starts of calls with one id, by blocks of six hours; drift by Theil and Sen",
    ),
    "time": Both(
        "pic des écarts de début entre toutes les paires d'appels d'un même appelant, ou d'une même durée, par "
        "tranches de six heures ; dérive de Theil-Sen",
        "peak of the differences of start over all pairs of calls of one caller, or of one length, by blocks of six "
        "hours; drift by Theil and Sen",
    ),
    "none": Both(
        "Rien n'est rapproché : aucun appel d'une même ligne n'a le même identifiant dans les deux relevés, et aucun "
        "écart d'horloge ne rapproche assez d'appels sans ambiguïté. Vérifiez que les deux relevés sont des mêmes "
        "lignes et du même temps (--timezone, --timezone2), ou lisez un temps plus long.",
        "Nothing is joined: the records share no id of a call on one line, and no offset of the clocks brings enough "
        "calls together without ambiguity. Check that both are of the same lines and the same time (--timezone, "
        "--timezone2), or read more.",
    ),
    "undecided": Both("Aucun appel n'est dans les deux relevés.", "No call stands in both records."),
}


def says(seen: Sighting | None, zone: ZoneInfo | None = None) -> Both:
    """Say what a record says of a call, as an outcome with its length of time; never who called.

    With a zone, it is said when the call began, in that zone.
    """
    if seen is None:
        return Both("rien", "nothing")
    said = _outcome(seen)
    if zone is None:
        return said
    began = f"{datetime.fromtimestamp(seen.start / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return Both(f"{said.fr}, commencé {began}", f"{said.en}, began {began}")


def _outcome(seen: Sighting) -> Both:
    if seen.cut:
        return Both("coupé, sans issue", "cut, no outcome")
    if seen.kind == ANSWERED:
        talk = Both("", "")
        if seen.talk >= 0:
            talk = Both(f", conversation de {_seconds(seen.talk).fr}", f", talked {_seconds(seen.talk).en}")
        wait = _after(seen.wait)
        return Both(f"répondu{wait.fr}{talk.fr}", f"answered{wait.en}{talk.en}")
    kind = _KINDS.get(seen.kind)
    if kind is None:
        return Both("sans issue", "no outcome")
    reason, wait = REASONS[seen.reason], _after(seen.wait)
    return Both(f"{kind.fr} ({reason.fr}){wait.fr}", f"{kind.en} ({reason.en}){wait.en}")


def _after(wait: int) -> Both:
    length = _seconds(wait)
    return Both("", "") if wait < 0 else Both(f" après {length.fr}", f" after {length.en}")


def _seconds(length: int) -> Both:
    text = f"{length / 1000:.1f}".removesuffix(".0")
    return Both(f"{text.replace('.', ',')} s", f"{text} s")
