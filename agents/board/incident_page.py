"""The page of an incident: its story, pictures, evidence, and the effects of each decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from agents.board.pictures import PictureWords, RateBar, levels, pair, rates, scale
from agents.board.story import CaseStory, Span, Story, case_story, period_of, story_of
from agents.board.witnesses import WitnessView, witness_view
from agents.desk_view.effect import Weight, YearEffect
from agents.desk_view.incidents import Case
from agents.history.incident_schema import desk_in
from agents.history.ledger import History
from agents.pages import words
from agents.pages.withheld import withheld
from agents.totals.telling import Telling
from agents.translation import Words
from agents.writing import Writing
from config.settings import Settings
from streams.events import Decision
from streams.indicators.desk_days import DAY_OF
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.indicators.plan import Opened
from streams.ledger.day import LineDay
from streams.watch.counting import SILENCE
from streams.watch.incident import ABOVE, Incident, Standing
from streams.watch.incidents import unjudged_since
from streams.watch.review import OF_OFFICE

TICKS: Final = 12  # most labels below a picture


class ShownEffect(NamedTuple):
    """A year's figure before and after something, formatted."""

    year: int
    label: str
    before: str | None  # struck out; None if the figure stays the same
    believed: str
    says: str  # what the two figures are
    by: dict[Decision, str]  # the figure after each decision


class ShownWitness(NamedTuple):
    """A check's evidence with its picture."""

    view: WitnessView
    picture: Markup | None


class IncidentWriter:
    def __init__(self, settings: Settings, text: Words, opened: Opened) -> None:
        self._settings = settings
        self._text = text
        self._writing = Writing(text.language)
        self._zone = ZoneInfo(settings.timezone)
        self._opened = opened

    def picture(self, case: Case, history: History) -> Markup | None:
        """Draw the desk's figure before the incident and since; None if it is about all lines, or without cases."""
        if len(case.parts) > 1:
            return None
        (incident,) = case.incidents
        _, first, last = period_of(incident, self._zone)
        around, name = Period(first, last), f"{self._settings.site}/{incident.line}"
        if incident.desk != "line":
            told = case_story(incident, history.days.each(DAY_OF[incident.desk], name, around), self._zone)
            return self._drawn_cases(told, incident, case.published["from"]) if told.spans else None
        days = history.days.each(LineDay, name, around)
        story = story_of(incident, days, self._opened, self._zone)
        return self._drawn(story, incident.line, case.published["from"]) if story.spans else None

    def unjudged(self, case: Case) -> str | None:
        """Return a sentence with the time from which calls are not judged yet; None if all are judged."""
        since = min(filter(None, map(unjudged_since, case.incidents)), default=None)
        if since is None:
            return None
        local = datetime.fromtimestamp(since / 1000, self._zone)
        return self._text(words.UNJUDGED, since=self._writing.moment(local))

    def witnesses(self, case: Case) -> list[ShownWitness]:
        found = []
        for incident in case.incidents:
            for each in incident.evidence:
                view = witness_view(each, incident.verdict, self._text, self._writing)
                bars = [(bar.label, bar.value, bar.written) for bar in view.bars]
                label = f"{view.title} {' ; '.join(f'{bar.label} {bar.written}' for bar in view.bars)}"
                found.append(ShownWitness(view, pair(bars, label) if bars else None))
        return found

    def effects(self, effects: Iterable[YearEffect], standing: Standing) -> list[ShownEffect]:
        """Return the figures as counted and as believed: the page of the year shows the same ones."""
        return [self._effect(each, each.counted, each.now, self._standing(each, standing)) for each in effects]

    def tried(self, weight: Weight | None, decision: str) -> list[ShownEffect]:
        """Return the figures now and after a decision that is tried."""
        text, effects = self._text, [] if weight is None else weight.effects
        return [
            self._effect(each, each.now, after, text("now, and after this decision"))
            for each in effects
            for name, after in each.after.items()
            if name == decision
        ]

    def value(self, indicator: Indicator) -> str:
        """Write a believed figure in short."""
        if indicator.corrected.value is None or indicator.guard is not None:
            return self._text("withheld")
        return self._value(indicator.corrected.value, indicator)

    def labels(self, case: Case) -> dict[Decision, str]:
        text, cause, verdict = self._text, case.published["cause"], case.published["verdict"]
        reopen = text("Reopen: the verdict of the checks applies again")
        if verdict == "overload":
            confirm, dismiss = text("Confirm: the line really was overloaded"), text("Dismiss: nothing was wrong")
        elif cause in {SILENCE, OF_OFFICE}:
            confirm = text("Confirm: calls are missing")
            dismiss = text("Dismiss: the office was closed, or there were no calls")
        elif cause == ABOVE or case.published["kind"] == "drift":
            confirm = text("Confirm: it was counted wrong")
            dismiss = text("Dismiss: it was counted right, this is the new normal")
        else:
            confirm, dismiss = text("Confirm: it was counted wrong"), text("Dismiss: it was counted right")
        return {"confirm": confirm, "dismiss": dismiss, "reopen": reopen}

    def question(self, case: Case) -> str:
        text, cause = self._text, case.published["cause"]
        if cause in {SILENCE, OF_OFFICE}:
            return text("Are calls missing, or was the office closed?")
        if case.published["verdict"] == "overload":
            return text("Was the line really overloaded?")
        if cause == ABOVE or case.published["kind"] == "drift":
            return text("Was it counted wrong, or is this the new normal?")
        return text("Was it counted wrong?")

    def _effect(self, effect: YearEffect, before: Indicator, believed: Indicator, says: str) -> ShownEffect:
        was, figure, told = self._figure(before), believed.corrected, [says]
        if was != self._figure(believed) and figure.low is not None and figure.high is not None:
            low, high = (self._value(each, believed) for each in (figure.low, figure.high))
            told.append(self._text("between {low} and {high}", low=low, high=high))
        told = [", ".join(told)]
        if believed.target is not None:
            told.append(self._target(believed.target, before, believed))
        return ShownEffect(
            effect.year,
            believed.label,
            None if was == self._figure(believed) else was,
            self._figure(believed),
            self._text.semicolon.join(told),
            {each: self._figure(found) for each, found in effect.after.items()},
        )

    def _standing(self, effect: YearEffect, standing: Standing) -> str:
        """Return what the figures are, with the one that a person's decision set aside."""
        text, believed = self._text, self._figure(effect.now)
        says = (
            text("as it was counted")
            if believed == self._figure(effect.counted)
            else text("as counted, and as corrected")
        )
        otherwise = self._figure(effect.after.get("reopen", effect.now))
        if standing not in {"confirmed", "dismissed"} or otherwise == believed:
            return says
        return text("{says} (without the person's decision: {figure})", says=says, figure=otherwise)

    def _figure(self, indicator: Indicator) -> str:
        if indicator.guard is not None:
            return withheld(indicator.guard, indicator.coverage, self._zone, self._text.language)
        return self._value(indicator.corrected.value, indicator)

    def _value(self, value: float | None, indicator: Indicator) -> str:
        return Telling(self._text.language, self._zone).value(indicator, value)

    def _target(self, target: float, before: Indicator, believed: Indicator) -> str:
        text, of_share = self._text, believed.unit == "share"
        below = self._writing.promised(target) if of_share else self._value(target, believed)
        met, otherwise = believed.corrected.met, before.corrected.met
        if met is None:
            return text("target below {target}", target=below)
        if otherwise is None or met == otherwise:
            return (
                text("target below {target}: met", target=below)
                if met
                else text("target below {target}: missed", target=below)
            )
        return (
            text("target below {target}: met instead of missed", target=below)
            if met
            else text("target below {target}: missed instead of met", target=below)
        )

    def _drawn(self, story: Story, line: str, begins: str) -> Markup:
        text, writing = self._text, self._writing
        known = self._settings.lines.get(line)
        target = None if known is None else known.target
        every = -(-len(story.spans) // TICKS)
        bars = [self._bar(story, each, tick=number % every == 0) for number, each in enumerate(story.spans)]
        moment = writing.moment(datetime.fromisoformat(begins))
        label = text("Share of calls lost, before and since {moment}", moment=moment)
        beside = [writing.promised(each) for each in levels(scale(bars, target))]
        return rates(bars, target, PictureWords(moment, label, beside))

    def target(self, case: Case) -> str | None:
        """Return the target of the desk's figure in words; None without one."""
        kind, name = desk_in(case.published)
        line, service = self._settings.lines.get(name), self._settings.services.get(name)
        if kind == "line":
            return None if line is None else self._writing.promised(line.target)
        if kind == "service" and service is not None and service.target_wait is not None:
            return self._writing.duration(service.target_wait)
        return None

    def story(self, case: Case) -> str:
        """Return the title of the picture."""
        text, kind = self._text, desk_in(case.published).kind
        if kind == "line":
            return text("Calls lost, before and since")
        if kind == "channel":
            return text("Mean delay in days, before and since")
        if case.published["cause"].startswith("times "):
            return text("Mean time in service in minutes, before and since")
        return text("Mean wait in minutes, before and since")

    def _drawn_cases(self, story: CaseStory, incident: Incident, begins: str) -> Markup:
        text, writing = self._text, self._writing
        of_service, of_visits = incident.desk == "service", incident.cause.startswith("times ")
        service = self._settings.services.get(incident.line) if of_service and not of_visits else None
        target = None if service is None or service.target_wait is None else service.target_wait / 60
        every, bars, scaled = -(-len(story.spans) // TICKS), list[RateBar](), 60 if of_service else 1
        for number, span in enumerate(story.spans):
            when = writing.day(span.begins)
            when = text("week of {day}", day=when) if story.grain == "week" else when
            counted, believed = span.counted / scaled, None if span.believed is None else span.believed / scaled
            says = f"{when}{text.colon}{writing.number(counted, 1)}"
            if span.within and believed is not None and believed != counted:
                says = f"{says}, {text('recounted {share}', share=writing.number(believed, 1))}"
            tick = f"{span.begins.day} {writing.month(span.begins)}" if number % every == 0 else ""
            bars.append(RateBar(counted, believed, span.within, says, tick))
        moment = writing.moment(datetime.fromisoformat(begins))
        label = text("Mean delay in days, before and since {moment}", moment=moment)
        if of_visits:
            label = text("Mean time in service in minutes, before and since {moment}", moment=moment)
        elif of_service:
            label = text("Mean wait in minutes, before and since {moment}", moment=moment)
        beside = [writing.number(each, 0 if each == round(each) else 2) for each in levels(scale(bars, target))]
        return rates(bars, target, PictureWords(moment, label, beside))

    def _bar(self, story: Story, span: Span, *, tick: bool) -> RateBar:
        text, writing, begins = self._text, self._writing, span.begins
        when = writing.moment(begins) if story.grain == "hour" else writing.day(begins.date())
        if story.grain == "week":
            when = text("week of {day}", day=when)
        raw, recounted = span.calls.raw, None if span.calls.left_out else span.calls.believed.lost_rate or 0.0
        counted = raw.lost_rate or 0.0
        says = text("{when}: {lost} lost of {offered}", when=when, lost=raw.lost, offered=raw.offered)
        if span.within and recounted is not None and recounted != counted:
            share = text("recounted {share}", share=writing.percent(recounted, 1))
            says = f"{says}, {share}"
        short = f"{begins.day} {writing.month(begins.date())}" if story.grain != "hour" else writing.clock(begins)
        return RateBar(counted, recounted, span.within, says, short if tick else "")
