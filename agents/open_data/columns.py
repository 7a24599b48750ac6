"""The columns of the open data, in French as on schema.data.gouv.fr."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, get_args

from streams.indicators.kinds import IndicatorKind, SubjectKind
from streams.watch.correction import Method

CHANNELS: Final[Mapping[SubjectKind, str]] = {
    "line": "telephone",
    "service": "guichet",
    "channel": "demandes",
    "survey": "enquete",
}
PERIODS: Final = ("jour", "semaine", "mois", "trimestre", "annee", "autre")
STATUSES: Final = ("A", "P", "U", "E", "Q", "B", "O")  # SDMX, CL_OBS_STATUS
REVISIONS: Final = ("premiere", "inchangee", "revisee", "nouvelle")
KEY: Final = ("indicateur", "objet", "periode")


class DataColumn(NamedTuple):
    name: str
    type: str
    title: str
    says: str
    example: Any
    required: bool = False
    limits: Mapping[str, Any] = {}

    def field(self) -> dict[str, Any]:
        """Return the field of a Table Schema."""
        constraints = {"required": self.required, **self.limits}
        return {
            "name": self.name,
            "title": self.title,
            "description": self.says,
            "example": self.example,
            "type": self.type,
            "constraints": constraints,
        }


_SHARE: Final = {"minimum": 0, "maximum": 1}
_COUNT: Final = {"minimum": 0}

INDICATORS: Final = (
    DataColumn("site", "string", "Site", "Identifiant court du site qui publie.", "lozere", required=True),
    DataColumn("organisme", "string", "Organisme", "Nom du site.", "Préfecture de la Lozère", required=True),
    DataColumn(
        "indicateur",
        "string",
        "Indicateur",
        "Code de l'indicateur, le même dans tous les fichiers et d'une édition à l'autre.",
        "lost_rate",
        required=True,
        limits={"enum": list(get_args(IndicatorKind))},
    ),
    DataColumn("libelle", "string", "Libellé", "Nom de l'indicateur.", "Taux d'appels perdus", required=True),
    DataColumn(
        "libelle_services_publics_plus",
        "string",
        "Libellé Services Publics+",
        "Nom de l'indicateur dans le programme Services Publics+ (engagement 6), quand il y existe sous la même "
        "définition ; sinon vide.",
        "Taux de décroché par un agent",
    ),
    DataColumn(
        "canal",
        "string",
        "Canal",
        "Canal par lequel l'usager s'adresse au site.",
        "telephone",
        required=True,
        limits={"enum": list(CHANNELS.values())},
    ),
    DataColumn(
        "objet",
        "string",
        "Objet",
        "Identifiant de la ligne téléphonique, du guichet, du type de demande ou de la question d'enquête.",
        "circulation",
        required=True,
    ),
    DataColumn("objet_libelle", "string", "Libellé de l'objet", "Nom de l'objet.", "Circulation", required=True),
    DataColumn(
        "periode",
        "string",
        "Période",
        "Nom de la période : année (2013), trimestre (2013-Q2), mois (2013-06), ou deux dates séparées par une barre.",
        "2013-Q2",
        required=True,
    ),
    DataColumn(
        "periode_type",
        "string",
        "Type de période",
        "Un trimestre est la somme de ses mois ; les lignes de types différents ne s'additionnent pas.",
        "trimestre",
        required=True,
        limits={"enum": list(PERIODS)},
    ),
    DataColumn(
        "date_debut", "date", "Premier jour", "Premier jour de la période, inclus.", "2013-04-01", required=True
    ),
    DataColumn("date_fin", "date", "Dernier jour", "Dernier jour de la période, inclus.", "2013-06-30", required=True),
    DataColumn(
        "compte_du",
        "date",
        "Compté du",
        "Premier jour compté ; vide si rien n'a été compté, et pour une enquête.",
        "2013-04-02",
    ),
    DataColumn("compte_au", "date", "Compté au", "Dernier jour compté ; vide si rien n'a été compté.", "2013-06-28"),
    DataColumn(
        "unite",
        "string",
        "Unité",
        "Unité de la valeur, de l'intervalle et de l'objectif : part de 0 à 1, jours ou minutes.",
        "part",
        required=True,
        limits={"enum": ["part", "jours", "minutes"]},
    ),
    DataColumn(
        "valeur",
        "number",
        "Valeur",
        "Valeur retenue, après correction des erreurs de comptage. Vide si rien n'a été compté, si personne ne s'est "
        "présenté ou si la valeur n'est pas publiée : voir motif.",
        0.0204,
        limits=_COUNT,
    ),
    DataColumn(
        "numerateur",
        "integer",
        "Numérateur",
        "Numérateur de la valeur retenue : appels perdus ou décrochés, réponses dans le délai, somme des délais "
        "en jours, usagers satisfaits. 0 si personne n'a appelé ; vide si rien n'a été compté ou si la valeur n'est "
        "pas publiée.",
        176,
        limits=_COUNT,
    ),
    DataColumn(
        "denominateur",
        "integer",
        "Dénominateur",
        "Dénominateur de la valeur retenue : appels reçus ou demandant un agent, demandes reçues, "
        "réponses, tickets appelés, réponses à l'enquête. 0 si personne n'a appelé ; vide si rien n'a été compté ou si "
        "la valeur n'est pas publiée.",
        8624,
        limits=_COUNT,
    ),
    DataColumn(
        "borne_basse",
        "number",
        "Borne basse",
        "Bas de l'intervalle à 95 % de la valeur retenue, pour la période entière seulement.",
        0.0184,
        limits=_SHARE,
    ),
    DataColumn("borne_haute", "number", "Borne haute", "Haut du même intervalle.", 0.0217, limits=_SHARE),
    DataColumn(
        "statut",
        "string",
        "Statut",
        "Statut de la valeur retenue, selon la liste SDMX CL_OBS_STATUS : A normale, P provisoire, U douteuse, "
        "E estimée, Q non publiée, B rupture de série, O rien n'a été compté.",
        "E",
        required=True,
        limits={"enum": list(STATUSES)},
    ),
    DataColumn("qualite", "string", "Qualité", "Le statut en toutes lettres.", "estimée", required=True),
    DataColumn(
        "valeur_brute",
        "number",
        "Valeur brute",
        "Valeur telle que comptée, jamais modifiée ; vide si rien n'a été compté.",
        0.245,
        limits=_COUNT,
    ),
    DataColumn("numerateur_brut", "integer", "Numérateur brut", "Numérateur de la valeur brute.", 29896, limits=_COUNT),
    DataColumn(
        "denominateur_brut", "integer", "Dénominateur brut", "Dénominateur de la valeur brute.", 122000, limits=_COUNT
    ),
    DataColumn(
        "statut_brut",
        "string",
        "Statut brut",
        "Statut de la valeur brute, selon la même liste ; U signale une erreur de comptage ou un doute.",
        "U",
        required=True,
        limits={"enum": list(STATUSES)},
    ),
    DataColumn(
        "methode",
        "string",
        "Méthode",
        "Comment la valeur retenue est tirée des comptages de la période entière : none (sans correction), recount "
        "(recomptage), exclude (périodes fausses neutralisées), impute (remplacées par les heures semblables), "
        "sample (estimées d'après des appels vérifiés), "
        "witness (deux relevés), unavailable (non publiée).",
        "exclude",
        required=True,
        limits={"enum": list(get_args(Method))},
    ),
    DataColumn(
        "couverture",
        "number",
        "Couverture",
        "Part des heures d'ouverture sur lesquelles porte la valeur retenue ; vide si rien n'a été compté.",
        0.831,
        limits=_SHARE,
    ),
    DataColumn(
        "objectif", "number", "Objectif", "Objectif de l'indicateur, dans son unité ; vide s'il n'en a pas.", 0.1
    ),
    DataColumn(
        "sens_objectif",
        "string",
        "Sens de l'objectif",
        "maximum si la valeur doit rester en dessous de l'objectif, minimum si elle doit l'atteindre.",
        "maximum",
        limits={"enum": ["maximum", "minimum"]},
    ),
    DataColumn(
        "objectif_atteint",
        "boolean",
        "Objectif atteint",
        "Si la valeur retenue de la période entière atteint l'objectif ; vide pour les mois et les trimestres.",
        "true",
    ),
    DataColumn(
        "motif",
        "string",
        "Motif",
        "Pourquoi il n'y a pas de valeur.",
        "non publié : couverture de 60 %, inférieure à 75 %",
    ),
    DataColumn(
        "rupture",
        "string",
        "Rupture de série",
        "Changements de définition dans la période : les valeurs d'avant et d'après ne se comparent pas.",
        "rupture de série le 1er juillet 2013 : avant, ... ; depuis, ...",
    ),
    DataColumn(
        "integrite",
        "string",
        "Intégrité",
        "Ce qui montre que des chiffres ont été modifiés après coup ; vide si rien ne le montre.",
        "",
    ),
    DataColumn(
        "edition",
        "integer",
        "Édition",
        "Numéro de l'édition publiée ; vide tant que ces chiffres ne sont pas ceux d'une édition.",
        2,
        limits={"minimum": 1},
    ),
    DataColumn(
        "edition_date", "datetime", "Date de l'édition", "Moment de sa publication.", "2014-01-09T10:23:00+01:00"
    ),
    DataColumn(
        "revision",
        "string",
        "Révision",
        "Par rapport à l'édition précédente : premiere (il n'y en a pas), inchangee, revisee (voir revisions.csv), "
        "nouvelle (la ligne n'y était pas).",
        "inchangee",
        required=True,
        limits={"enum": list(REVISIONS)},
    ),
    DataColumn(
        "date_arret", "date", "Date d'arrêt", "Jour auquel les chiffres ont été établis.", "2014-01-09", required=True
    ),
)

CHANGES: Final = (
    *(column for column in INDICATORS if column.name in KEY),
    DataColumn(
        "edition_precedente", "integer", "Édition précédente", "Numéro de l'édition comparée.", 1, required=True
    ),
    DataColumn("edition", "integer", "Édition", "Numéro de cette édition ; vide si ce n'en est pas une.", 2),
    DataColumn("ancienne_valeur", "number", "Ancienne valeur", "Valeur retenue dans l'édition précédente.", 0.0204),
    DataColumn("nouvelle_valeur", "number", "Nouvelle valeur", "Valeur retenue dans celle-ci.", 0.245),
    DataColumn(
        "ancienne_valeur_brute", "number", "Ancienne valeur brute", "Valeur brute dans l'édition précédente.", 0.245
    ),
    DataColumn("nouvelle_valeur_brute", "number", "Nouvelle valeur brute", "Valeur brute dans celle-ci.", 0.245),
    DataColumn(
        "ancien_statut",
        "string",
        "Ancien statut",
        "Statut dans l'édition précédente.",
        "E",
        limits={"enum": list(STATUSES)},
    ),
    DataColumn(
        "nouveau_statut",
        "string",
        "Nouveau statut",
        "Statut dans celle-ci ; vide si la ligne n'y est plus.",
        "A",
        limits={"enum": list(STATUSES)},
    ),
    DataColumn("motif", "string", "Motif", "Ce qui a changé, si on le sait.", "erreur de comptage écartée"),
)
