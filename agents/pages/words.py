"""What indicators, their figures and incidents are called, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from agents.language import Language
from streams.events import Decision
from streams.indicators.indicator import Indicator, IndicatorKind, ObservationStatus
from streams.watch.correction import Method
from streams.watch.incident import Incident, Standing, Verdict
from streams.watch.laws import Kind as Miscount
from streams.watch.review import OF_OFFICE


class Both(NamedTuple):
    """Say one thing in French and in English."""

    fr: str
    en: str

    def by(self, language: Language) -> str:
        """Return it in a language."""
        return self.fr if language is Language.FR else self.en


class Sheet(NamedTuple):
    """Describe a kind of indicator as a "fiche indicateur" of the French budget does."""

    title: Both
    computed: Both
    source: Both
    bias: Both


_CALLS: Final = Both("Journal des appels de la téléphonie", "Call records of the telephone system")
_TICKETS: Final = Both("Tickets de la gestion de file d'attente", "Tickets of the queue management system")
_REQUESTS: Final = Both("Registre des demandes reçues et traitées", "Register of requests received and answered")
_DELAY_BIAS: Final = Both(
    "Les demandes en attente n'ont pas encore de délai : la moyenne monte quand elles sont traitées.",
    "Pending requests have no delay yet: the mean rises when they are answered.",
)

SHEETS: Final[Mapping[IndicatorKind, Sheet]] = {
    "lost_rate": Sheet(
        Both("Taux d'appels perdus", "Lost-call rate"),
        Both(
            "Somme des appels perdus / somme des appels reçus pendant les heures d'ouverture de la période ; "
            "jamais une moyenne de taux mensuels. Intervalle de Jeffreys à 95 %.",
            "Sum of lost calls / sum of calls offered in the opening hours of the period; "
            "never a mean of monthly rates. 95 % Jeffreys interval.",
        ),
        _CALLS,
        Both(
            "Dépend du logiciel de comptage : d'où la valeur corrigée. Un appelant qui rappelle compte plusieurs fois.",
            "Depends on the counting software, hence the corrected value. A caller who calls again counts again.",
        ),
    ),
    "within_target": Sheet(
        Both("Taux de réponse dans les {limit} {days}", "Share answered within {limit} {days}"),
        Both(
            "Demandes répondues dans le délai / demandes reçues dans la période ; le jour de réception est le jour 0.",
            "Requests answered in time / requests received in the period; the day of receipt is day 0.",
        ),
        _REQUESTS,
        Both(
            "Une demande en attente ou retirée compte comme non répondue dans le délai.",
            "A request that is pending or withdrawn counts as not answered in time.",
        ),
    ),
    "mean_days": Sheet(
        Both("Délai moyen de réponse", "Mean delay of answer"),
        Both(
            "Somme des délais en {days} / nombre de demandes répondues, parmi celles reçues dans la période.",
            "Sum of delays in {days} / requests answered, of those received in the period.",
        ),
        _REQUESTS,
        _DELAY_BIAS,
    ),
    "wait": Sheet(
        Both("Attente moyenne au guichet", "Mean wait at the counter"),
        Both(
            "Somme des attentes, du ticket au premier appel / nombre de tickets appelés.",
            "Sum of waits, from issue to first call / tickets called.",
        ),
        _TICKETS,
        Both(
            "Qui renonce avant d'être appelé n'a pas d'attente connue.",
            "Of those who leave before they are called, the wait is not known.",
        ),
    ),
    "time_in_service": Sheet(
        Both("Temps moyen au guichet", "Mean time at the counter"),
        Both(
            "Somme des durées au guichet, de l'accueil à la fin / nombre de visites terminées.",
            "Sum of times at the counter, from served to completed / completed visits.",
        ),
        _TICKETS,
        Both(
            "Une fin de visite saisie en retard allonge la durée.",
            "An end that is entered late lengthens the time.",
        ),
    ),
    "satisfaction": Sheet(
        Both("Usagers satisfaits", "Satisfied users"),
        Both(
            "Réponses satisfaites / réponses exprimées ; sans les réponses blanches. Intervalle à 95 %.",
            "Satisfied answers / answers given; blanks left out. 95 % interval.",
        ),
        Both("Enquête auprès des usagers", "Users' survey"),
        Both("Seuls répondent ceux qui le veulent bien.", "Only those answer who care to."),
    ),
}

METHODS: Final[Mapping[Method, Both]] = {
    "none": Both("sans correction", "no correction"),
    "recount": Both("recomptage des appels en cause", "recount of the calls concerned"),
    "exclude": Both("périodes en cause neutralisées", "stretches concerned left out"),
    "impute": Both("périodes en cause imputées par heure et mois", "stretches concerned imputed by hour and month"),
    "witness": Both("d'après les deux relevés des appels", "by both records of the calls"),
    "unavailable": Both("non publié", "withheld"),
}

STATUSES: Final[Mapping[ObservationStatus, Both]] = {
    "A": Both("normale", "normal"),
    "P": Both("provisoire", "provisional"),
    "U": Both("douteuse", "suspect"),
    "E": Both("estimée", "estimated"),
    "Q": Both("non publiée", "suppressed"),
    "B": Both("rupture de série", "break in the series"),
}

COLUMNS: Final = {  # of a table of calls
    "offered": Both("reçus", "offered"),
    "answered": Both("répondus", "answered"),
    "lost": Both("perdus", "lost"),
    "diverted": Both("déviés", "diverted"),
    "unresolved": Both("sans issue", "unresolved"),
    "lost_rate": Both("taux perdus", "lost rate"),
}

MISCOUNTS: Final[Mapping[Miscount, Both]] = {
    "duplicate": Both("appels comptés en double", "calls counted twice"),
    "multi-leg": Both("sonneries comptées comme des appels", "ringing legs counted as calls"),
    "answered-as-lost": Both("appels répondus comptés comme perdus", "answered calls counted as lost"),
    "phantom": Both("appels fantômes", "phantom calls"),
    "closed-hours": Both("appels comptés hors des heures d'ouverture", "calls counted in closed hours"),
    "missing": Both("appels manquants", "missing calls"),
    "stuck": Both("compteur figé", "counter stuck"),
    "reset": Both("compteur remis à zéro", "counter reset"),
    "clock": Both("horloge déréglée", "clock wrong"),
    "mismatch": Both("chiffres contradictoires", "contradictory figures"),
    "drift": Both("dérive du comptage, mécanisme inconnu", "drift of the counting, mechanism unknown"),
    "overload": Both("surcharge réelle", "real overload"),
}

VERDICTS: Final[Mapping[Verdict, Both]] = {
    "miscount": Both("erreur de comptage", "miscount"),
    "overload": Both("surcharge réelle", "real overload"),
    "undecided": Both("indécis : la ligne ou le comptage", "undecided: the line or the counting"),
}

STANDINGS: Final[Mapping[Standing, Both]] = {
    "open": Both("à examiner", "to review"),
    "confirmed": Both("confirmé", "confirmed"),
    "dismissed": Both("écarté", "dismissed"),
    "closed": Both("terminé, sans décision", "over, not decided"),
}

DECISIONS: Final[Mapping[Decision, Both]] = {
    "confirm": Both("confirme", "confirms"),
    "dismiss": Both("écarte", "dismisses"),
    "reopen": Both("revient sur la décision", "takes the decision back"),
    "declare": Both("déclare une erreur de comptage", "declares a miscount"),
}

_DAYS: Final = {"working": Both("jours ouvrés", "working days"), "calendar": Both("jours", "days")}
UNITS: Final = {"share": Both("%", "%"), "days": Both("jours", "days"), "minutes": Both("minutes", "minutes")}


def said(both: Both, indicator: Indicator) -> Both:
    """Return words about an indicator with its limit and its kind of days filled in."""
    days = _DAYS[indicator.days or "calendar"]
    return Both(*(text.format(limit=indicator.limit, days=words) for text, words in zip(both, days, strict=True)))


def what(incident: Incident) -> Both:
    """Return what an incident is: what all lines at once say, else its kind."""
    if incident.cause == OF_OFFICE:
        return Both(incident.evidence[0].says, incident.evidence[0].says_en)
    return MISCOUNTS[incident.kind]


def title(indicator: Indicator) -> Both:
    """Return an indicator's title, without its subject."""
    return said(SHEETS[indicator.kind].title, indicator)
