"""No table of the command line truncates a figure or a name, however narrow the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

import agents
from agents.across.review import Nationwide, print_fault, print_nation
from agents.callbacks.reading import Callbacks
from agents.callbacks.table import show as show_callbacks
from agents.certificate.certificate import CallsUsed, Certificate, CertifiedLine, CertifiedSample
from agents.certificate.table import show as show_certificate
from agents.certificate.words import FAULTS
from agents.cli import app
from agents.commands.answering import print_questions
from agents.history.numbered import LAST, named, numbered
from agents.history.questions import LineQuestion
from agents.history.review import print_incidents
from agents.language import Language
from agents.nation.table import show_nation
from agents.pages.checks import CHECKS
from agents.simulation.minutes import beside_minutes
from agents.table import PrintedTable
from agents.terminal import Screen
from agents.totals.table import show as show_totals
from agents.translation import speaking, spoken_language
from config.settings import Line, Settings
from streams.certificate.coverage import CheckedShare
from streams.certificate.sample import Equivalence
from streams.certificate.sensitivity import HORIZONS, Size, Smallest
from streams.desks.callback_list import CallbackList, LostCaller
from streams.indicators.indicator import Figure
from streams.status import AskedCall, OpenQuestion
from tests.agents.across.made import history as made_history
from tests.agents.across.made import offices as made_offices
from tests.agents.history.known import FALL, RISE, STUCK, told
from tests.agents.nation.made import nation as made_nation
from tests.agents.totals.year import wrong, year

PARIS: Final = ZoneInfo("Europe/Paris")
EXAMPLES: Final = Path(__file__).parents[2] / "examples"
NARROW: Final = (80, 60, 24)


def example(*words: str) -> Callable[[Screen], None]:
    """Return a function that runs a command on the examples' files."""
    files = [str(EXAMPLES / each) if (EXAMPLES / each).exists() else each for each in words]

    def shown(screen: Screen) -> None:
        own = {"COLUMNS": str(screen.width)}
        office = str(EXAMPLES / "office.yaml")
        done = CliRunner(env=own).invoke(app, [*files, "--config", office, "--lang", spoken_language()])
        assert done.exit_code == 0, done.output
        screen.file.write(done.stdout)

    return shown


def callbacks(screen: Screen) -> None:
    lost = LostCaller(caller=f"hmac:{7:064x}", since=1_362_387_600_000, last=0, line="desk", wait=754_000, tries=12)
    settings = Settings(site="lozere", lines={"desk": Line(label="Cartes nationales d'identité et passeports")})
    found = Callbacks(734_931, CallbackList(callers=[lost]))
    show_callbacks(found, settings, {lost.caller: "+33466496000"}, screen)


def certificate(screen: Screen) -> None:
    checks = [CheckedShare(each, "open slots", 9_000, 8_371, {"learning": 629}) for each in CHECKS]
    size = Size(0.1, 0.0486)
    faults = [Smallest(each, dict.fromkeys(HORIZONS, size), size, 31, 37) for each in FAULTS]
    figure = Figure(0.1956, 2_663, 13_615)
    line = CertifiedLine(
        line="circulation",
        label="Circulation",
        raw=figure,
        corrected=figure,
        method="none",
        coverage=1.0,
        guard=None,
        slots=9_000,
        in_quarantine=0,
        incidents=[],
        checks=checks,
        calls=CallsUsed("ledger", 13_615, 13_615),
        faults=faults,
        untried={},
        asked=CertifiedSample("2013-01-02", "2013-12-31", 13_615, 2_663, Equivalence(84, 0, 1, 0.0, 0.049, 0.049)),
    )
    made = Certificate(
        site="lozere", year=2013, as_of="2014-11-04", vintage=None, digest="0" * 64, breaches=[], lines=[line]
    )
    show_certificate(made, PARIS, screen)


def incidents(screen: Screen) -> None:
    known = [told(STUCK, "open", 4, kind="answered-as-lost"), told(FALL, "closed", 5), told(RISE, "dismissed", 3)]
    listed = numbered(known, (), PARIS)
    print_incidents(listed, named(listed, LAST), screen)


def of_several_offices(screen: Screen) -> None:
    with TemporaryDirectory() as folder:
        found = made_offices(Path(folder))
    nation = Nationwide(found, made_history(found.shared))
    print_nation(nation, None, screen)
    for fault in nation.faults:
        print_fault(fault, nation.zone, screen)


def questions(screen: Screen) -> None:
    at = datetime(2013, 6, 3, 9, 15, tzinfo=PARIS)
    calls = [AskedCall(f"1370243700.{number}", at, "lost", "right" if number else None) for number in range(3)]
    print_questions(
        [LineQuestion("accueil", "Accueil", OpenQuestion("q", "doubt", at, calls), configured=True)], screen
    )


def planned(command: str) -> Callable[[Screen], None]:
    """Return what prints the tables of `forecast` or `staff`."""

    def shown(screen: Screen) -> None:
        days = [date(2013, 1, 7) + timedelta(passed) for passed in range(56)]
        hours = [f"{hour:02}:{minute:02}" for hour in range(8, 18) for minute in (0, 30)]
        rows = [f"{day}T{hour},{6 + day.day % 3}" for day in days for hour in hours]
        with TemporaryDirectory() as folder:
            file = Path(folder) / "arrivals.csv"
            file.write_text("\n".join(["start,calls", *rows]))
            example(command, "arrivals", str(file), "--until", "2013-03-04", "--weeks", "2")(screen)

    return shown


TABLES: Final[dict[str, tuple[Callable[[Screen], Any], ...]]] = {
    "analysis/table.py": (example("analyze", "queue-log", "queue_log", "--full"),),
    "analysis/summary.py": (example("analyze", "queue-log", "queue_log"), example("analyze", "tickets", "tickets.csv")),
    "analysis/channels.py": (example("analyze", "requests", "register.csv"),),
    "across/review.py": (of_several_offices,),
    "analysis/survey.py": (example("analyze", "survey", "survey.csv"),),
    "callbacks/table.py": (callbacks,),
    "certificate/table.py": (certificate,),
    "commands/answering.py": (questions,),
    "forecast/written.py": (planned("forecast"),),
    "forecast/roster_table.py": (planned("staff"),),
    "history/review.py": (incidents,),
    "nation/table.py": (lambda screen: show_nation(made_nation(), screen),),
    "reconcile/table.py": (example("reconcile", "queue-log", "queue_log_door", "asterisk-cel", "cel.csv"),),
    "simulation/minutes.py": (lambda screen: screen.print(beside_minutes(year())),),
    "totals/table.py": (lambda screen: show_totals(year(wrong()), PARIS, None, screen),),
}


def test_each_module_that_prints_a_table_is_tried_and_none_prints_one_in_another_way() -> None:
    root = Path(agents.__file__).parent
    modules = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    assert {name for name, code in modules.items() if "from agents.table import PrintedTable" in code} == TABLES.keys()
    assert {name for name, code in modules.items() if "rich.table" in code} == {"commands/usage.py"}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", NARROW)
@pytest.mark.parametrize("name", TABLES)
def test_no_cell_is_cut(monkeypatch: pytest.MonkeyPatch, name: str, width: int, language: Language) -> None:
    cells: list[str] = []
    row = PrintedTable.row

    def kept(table: PrintedTable, *given: str, style: str = "") -> None:
        cells.extend(given)
        row(table, *given, style=style)

    monkeypatch.setattr(PrintedTable, "row", kept)
    for shown in TABLES[name]:
        file = StringIO()
        with speaking(language):
            shown(Screen(file=file, width=width))
        printed = file.getvalue()
        joined = printed.replace("\n", "").replace(" ", "")  # a word wider than the terminal continues below
        words = [word for cell in cells for word in cell.split(" ")]
        assert len(words) > 5
        assert [word for word in words if word not in (printed if len(word) <= width - 2 else joined)] == []
        cells.clear()


def table() -> PrintedTable:
    found = PrintedTable("lozere, 2013")
    found.words("indicator")
    found.figures("raw", "between (95 %)")
    found.row("Appels perdus : Circulation", "19,56\u202f%", "1\u202f204 to 2\u202f663", style="yellow")
    found.row("Accueil", "", "—")
    return found


def lines(width: int | None) -> list[str]:
    file = StringIO()
    Screen(file=file, width=width).print(table())
    return file.getvalue().splitlines()


WHOLE: Final = [
    "lozere, 2013",
    "indicator                        raw  between (95 %)",
    "Appels perdus : Circulation  19,56\u202f%  1\u202f204 to 2\u202f663",
    "Accueil                                            —",
]


@pytest.mark.parametrize("width", [52, 80, 200])
def test_where_all_columns_fit_a_row_is_a_line(width: int) -> None:
    assert lines(width) == WHOLE


def test_a_pipe_has_room_unless_it_is_told_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert lines(None) == WHOLE
    long = "word " * 900
    file = StringIO()
    Screen(file=file).print(long)
    assert file.getvalue().count("\n") == 1
    monkeypatch.setenv("COLUMNS", "51")
    assert lines(None) == lines(51) != WHOLE


def test_the_widest_column_is_folded_first_and_between_words_alone() -> None:
    assert lines(44) == [
        "lozere, 2013",
        "indicator                raw  between (95 %)",
        "Appels perdus :      19,56\u202f%  1\u202f204 to 2\u202f663",
        "Circulation",
        "Accueil                                    —",
    ]


def test_where_words_would_break_the_cells_of_a_row_stand_below_its_name() -> None:
    assert lines(24) == [
        "lozere, 2013",
        "Appels perdus :",
        "Circulation",
        "  raw: 19,56\u202f%; between",
        "  (95 %): 1\u202f204 to 2\u202f663",
        "Accueil",
        "  between (95 %): —",
    ]


def test_what_a_cell_holds_can_steer_no_terminal() -> None:
    found = PrintedTable()
    found.words("line")
    found.row("\x1b]0;gone\x07")
    file = StringIO()
    Screen(file=file, width=20).print(found)
    assert "\x1b" not in file.getvalue()
    assert "\\u001b]0;gone\\u0007" in file.getvalue().replace("\n", "")
