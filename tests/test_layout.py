"""The rules of the layout: allowed imports, the places of tests, one meaning per name."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from typing import Final

import pytest

from tests.imports import ROOT, imported, modules, room

PACKAGES: Final = {
    "streams": {"streams"},
    "config": {"config", "streams"},
    "agents": {"agents", "streams", "config"},
    "benchmarks": {"benchmarks", "agents", "streams", "config"},
    "deploy": {"deploy", "agents", "streams", "config"},
}
# The domain computes: no file, no network, no clock. Time and chance come in as arguments and seeds.
PURE: Final = {
    "__future__",
    "abc",
    "ast",
    "bisect",
    "calendar",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "msgspec",
    "operator",
    "random",
    "re",
    "statistics",
    "streams",
    "struct",
    "types",
    "typing",
    "unicodedata",
    "zlib",
}
MATHEMATICS: Final = {
    "numpy": {"streams.checks", "streams.forecast", "streams.simulation"},
    "scipy": {"streams.checks", "streams.forecast", "streams.insight"},
}
# A compiled class does not keep the types of its fields, so its own source is read, once, and nothing else.
OWN_SOURCE: Final = {"streams.kept.packing": {"sys"}, "streams.kept.source": {"pathlib", "sys"}}

# Modules and whole rooms without a test file of their own: the tests that cover them, and why.
SHOWN_BY: Final = {
    "agents.__main__": ("tests/agents/test_cli.py", "starts the command line"),
    "agents.analysis.insight": ("tests/agents/analysis/test_report.py", "a part of the report"),
    "agents.analysis.table": ("tests/agents/analysis/test_report.py", "prints the report"),
    "agents.analysis.words": ("tests/agents/analysis/test_account.py", "data"),
    "agents.analysis.written": ("tests/agents/analysis/test_report.py", "a part of the report"),
    "streams.watch.bounds": ("tests/streams/watch/test_rate.py", "where an incident of the rate begins and ends"),
    "streams.questions.state": ("tests/streams/watch/test_asking.py", "data"),
    "agents.analysis.questions": ("tests/agents/analysis/test_answers.py", "a part of the report"),
    "streams.kept.source": ("tests/streams/kept/test_packing.py", "what is written of a class stands in its source"),
    "streams.feed": ("tests/streams/test_intake.py", "which topic an intake goes on from"),
    "agents.board.cards": ("tests/agents/board/test_wall.py", "on the wall"),
    "agents.board.deciding.decision": ("tests/agents/board/test_deciding.py", "writes to a broker"),
    "agents.board.deciding.door": ("tests/agents/board/deciding/test_routes.py", "stands before what decides"),
    "agents.board.deciding.sent": ("tests/agents/board/deciding/test_routes.py", "sent to the board"),
    "agents.board.deciding.showing": ("tests/agents/board/deciding/test_routes.py", "read from the board"),
    "agents.board.deciding.taken": ("tests/agents/board/test_deciding.py", "what the log of a broker says"),
    "agents.board.incident_page": ("tests/agents/board/deciding/test_routes.py", "read from the board"),
    "agents.board.periods.download": ("tests/agents/board/periods/test_routes.py", "downloaded from the board"),
    "agents.board.periods.page": ("tests/agents/board/periods/test_routes.py", "read from the board"),
    "agents.board.figures": ("tests/agents/board/test_server.py", "scraped from the board"),
    "agents.board.nation.doors": ("tests/agents/board/nation/test_served.py", "says who somebody is"),
    "agents.board.nation.figures": ("tests/agents/board/nation/test_server.py", "scraped from the board"),
    "agents.board.nation.pages": ("tests/agents/board/nation/test_server.py", "read from the board"),
    "agents.board.nation.sites": ("tests/agents/board/nation/test_server.py", "each office below its address"),
    "agents.board.nation.units": ("tests/agents/board/nation/test_server.py", "read from the board"),
    "agents.board.nation.view": ("tests/agents/board/nation/test_live.py", "what is shown to whom"),
    "agents.board.nation.year_page": ("tests/agents/board/nation/test_unit_years.py", "read from the board"),
    "agents.board.office": ("tests/agents/board/test_server.py", "all pages of an office"),
    "agents.board.office_years": ("tests/agents/board/test_year_routes.py", "read from the board"),
    "agents.board.pages": ("tests/agents/board/test_server.py", "read from the board"),
    "agents.board.signed": ("tests/agents/board/test_server.py", "read from the board"),
    "agents.callbacks": ("tests/agents/commands/test_callbacks.py", "what the command says"),
    "agents.certificate": ("tests/agents/commands/test_certify.py", "what the command says"),
    "agents.chain.log": ("tests/agents/audit/test_audit.py", "continues the log that is audited"),
    "agents.commands": ("tests/agents/commands/test_analyze.py", "a command is the words around what other rooms do"),
    "streams.cases": ("tests/streams/cases/test_watch.py", "the laws of cases, played by offices that are made up"),
    "streams.checks.segment": ("tests/streams/cases/test_watch.py", "where a fault begins and ends"),
    "streams.requests.rules": ("tests/streams/indicators/test_breaks.py", "data"),
    "agents.across.shown": ("tests/agents/across/test_review.py", "listed and shown"),
    "streams.across.office_groups": ("tests/streams/across/test_shared.py", "who is open and called in a scope"),
    "streams.across.place": ("tests/streams/across/test_spells.py", "whose hours bound a spell"),
    "streams.across.search": ("tests/streams/across/test_shared.py", "finds what is shared"),
    "streams.across.thresholds": ("tests/streams/across/test_shared.py", "data"),
    "agents.desk_view.definitions": ("tests/agents/board/periods/test_routes.py", "read from the board"),
    "agents.desk_view.waits": ("tests/agents/board/periods/test_routes.py", "read from the board"),
    "agents.desk_view.words": ("tests/agents/board/periods/test_routes.py", "read from the board"),
    "agents.commands.coming": ("tests/agents/commands/test_forecast.py", "shared by two commands"),
    "agents.forecast.written": ("tests/agents/commands/test_forecast.py", "written by the command"),
    "agents.forecast.roster_table": ("tests/agents/commands/test_staff.py", "printed by the command"),
    "agents.board.api.answers": ("tests/agents/board/api/test_office.py", "what every answer shares"),
    "agents.board.api.mounting": ("tests/agents/board/api/test_nation.py", "asked at these addresses"),
    "agents.warehouse.columns": ("tests/agents/warehouse/test_postgres.py", "data"),
    "agents.history.incident_words": ("tests/agents/history/test_review.py", "prints incidents"),
    "agents.history.incident_schema": ("tests/agents/history/test_kept.py", "data"),
    "agents.history.notes": ("tests/agents/history/test_review.py", "joined to decisions"),
    "agents.history.standing": ("tests/agents/commands/test_callbacks.py", "says which lost calls are not believed"),
    "agents.history.ticks": ("tests/agents/commands/test_callbacks.py", "take callers off the list"),
    "agents.ingest.kept": ("tests/agents/ingest/test_follow.py", "a follower goes on with what it kept"),
    "agents.ingest.logfile": ("tests/agents/ingest/test_tail.py", "a file is read by its tail"),
    "agents.kafka.child": ("tests/agents/kafka/test_broker.py", "children are brokers"),
    "agents.kafka.reading": ("tests/agents/board/test_follower.py", "needs somebody who follows"),
    "agents.notify": ("tests/agents/notify/test_bridge.py", "what a room and a gateway get"),
    "agents.mail.message": ("tests/agents/mail/test_letter.py", "carries a letter"),
    "agents.mail.post": ("tests/agents/commands/test_mail.py", "sends by a broker and a mail server"),
    "agents.mail.reading": ("tests/agents/mail/test_letter.py", "what a letter tells"),
    "agents.mail.subject": ("tests/agents/mail/test_letter.py", "begins a letter"),
    "agents.mail.sums": ("tests/agents/mail/test_letter.py", "what a subject tells"),
    "agents.nation": ("tests/agents/nation/test_written.py", "what every format tells"),
    "streams.rollup": ("tests/streams/rollup/test_unit.py", "parts of a unit"),
    "agents.open_data.columns": ("tests/agents/open_data/test_package.py", "data"),
    "agents.open_data.labels": ("tests/agents/open_data/test_package.py", "a file of the package"),
    "agents.open_data.schema": ("tests/agents/open_data/test_package.py", "the package is validated by it"),
    "agents.metrics": ("tests/agents/worker/test_figures.py", "families are collected together"),
    "agents.pages": ("tests/agents/report/test_page.py", "words and filters show on a page"),
    "agents.proposal.reasons": ("tests/agents/proposal/test_written.py", "the comments of the configuration"),
    "agents.reconcile": ("tests/agents/commands/test_reconcile.py", "what the command says"),
    "agents.report.format": ("tests/agents/commands/test_totals.py", "data"),
    "agents.report.typesetting": ("tests/agents/report/test_pdf.py", "sets the report"),
    "agents.report.written": ("tests/agents/commands/test_totals.py", "what the command writes"),
    "agents.schemas": ("tests/agents/schemas/test_json_schema.py", "writes what the schemas are"),
    "agents.secret": ("tests/agents/mail/test_server.py", "a password goes to a server"),
    "agents.simulation.counted": ("tests/agents/simulation/test_demo.py", "waits for the demo's worker"),
    "agents.simulation.minutes": ("tests/agents/simulation/test_demo.py", "prints the year of the demo"),
    "agents.simulation.pace": ("tests/agents/simulation/test_living.py", "sends the simulated days"),
    "agents.simulation.places": ("tests/agents/simulation/test_nation.py", "names the offices that options mean"),
    "agents.sources.asterisk.ami_calls": ("tests/agents/ingest/test_live_ami.py", "data that a follower keeps"),
    "agents.sources.asterisk.cdr_file": ("tests/agents/sources/test_connectors.py", "a connector"),
    "agents.sources.asterisk.cel_file": ("tests/agents/sources/test_connectors.py", "a connector"),
    "agents.sources.asterisk.queue_log_file": ("tests/agents/sources/test_connectors.py", "a connector"),
    "agents.sources.call_source": ("tests/agents/sources/freeswitch/test_callcenter.py", "every connector's events"),
    "agents.sources.cisco.cdr_rows": ("tests/agents/sources/cisco/test_cdr.py", "rows become events"),
    "agents.sources.connection": ("tests/agents/sources/asterisk/test_ami_client.py", "what two clients share"),
    "agents.sources.connector": ("tests/agents/sources/test_connectors.py", "the contract of all connectors"),
    "agents.sources.context": ("tests/agents/sources/test_connectors.py", "data"),
    "agents.sources.contract": ("tests/agents/sources/test_connectors.py", "a connector"),
    "agents.sources.freeswitch.callcenter_frames": ("tests/agents/sources/freeswitch/test_callcenter.py", "frames"),
    "agents.sources.kind": ("tests/agents/sources/test_connectors.py", "data"),
    "agents.sources.registry": ("tests/agents/sources/test_connectors.py", "all connectors"),
    "agents.sources.tables.calls": ("tests/agents/sources/tables/test_columns.py", "rows become events by a mapping"),
    "agents.sources.tables.csv_rows": ("tests/agents/sources/tables/test_columns.py", "rows are read by a mapping"),
    "agents.sources.tables.rows": ("tests/agents/sources/tables/test_columns.py", "data"),
    "agents.state": ("tests/agents/ingest/test_follow.py", "one path, where a follower finds it again"),
    "agents.report": ("tests/agents/report/test_report.py", "parts of a report"),
    "agents.totals.fiche": ("tests/agents/totals/test_workbook.py", "a sheet of the workbook"),
    "agents.totals.sheet_chart": ("tests/agents/totals/test_workbook.py", "drawn on a sheet"),
    "agents.totals.pen": ("tests/agents/totals/test_workbook.py", "writes the workbook"),
    "agents.totals.table": ("tests/agents/commands/test_totals.py", "printed by the command"),
    "agents.worker": ("tests/agents/worker/test_app.py", "runs in a worker"),
    "config.columns": ("tests/config/test_mappings.py", "parts of a mapping"),
    "agents.history.incidents": ("tests/agents/history/test_ledger.py", "a part of the history"),
    "agents.history.publications": ("tests/agents/board/test_marked.py", "a part of the history"),
    "config.conditions": ("tests/config/test_mappings.py", "parts of a mapping"),
    "config.mapping": ("tests/config/test_mappings.py", "the mappings that are shipped"),
    "config.office": ("tests/config/test_settings.py", "a part of the settings"),
    "config.nation": ("tests/config/test_offices.py", "names the offices"),
    "config.shared": ("tests/config/test_offices.py", "what offices have in common"),
    "config.part": ("tests/config/test_settings.py", "every part of the settings is one"),
    "streams.calls.counts": ("tests/streams/indicators/test_line.py", "data"),
    "streams.calls.depth": ("tests/streams/calls/test_callers.py", "callers, staff and overflow have theirs"),
    "streams.calls.rules": ("tests/agents/test_catalogue.py", "data, made from the configuration"),
    "streams.catalogue": ("tests/agents/test_catalogue.py", "data, made from the configuration"),
    "streams.chain.breach": ("tests/streams/chain/test_links.py", "data"),
    "streams.desk_table": ("tests/streams/test_partition.py", "a part of the partition"),
    "streams.desks": ("tests/streams/desks/test_line.py", "a state and its figures are tested by the fold"),
    "streams.events": ("tests/streams/test_decoding.py", "data"),
    "streams.intake_table": ("tests/streams/test_partition.py", "a part of the partition"),
    "streams.intake_state": ("tests/streams/test_partition.py", "data, and the sources of an earlier version"),
    "streams.intakes": ("tests/streams/test_intake.py", "five of one kind"),
    "streams.indicators": ("tests/streams/indicators/test_annual.py", "parts of a year"),
    "streams.kept": ("tests/streams/kept/test_records.py", "every state is made of them"),
    "streams.ledger": ("tests/streams/ledger/test_book.py", "what days hold is tested with the book"),
    "streams.reconcile": ("tests/streams/reconcile/test_two_records.py", "data, and what matched calls add up to"),
    "streams.forecast": ("tests/streams/forecast/test_expected.py", "parts of a forecast"),
    "streams.simulation": ("tests/streams/simulation/test_simulate.py", "parts of an office that is simulated whole"),
    "streams.tickets.rules": ("tests/agents/test_catalogue.py", "data, made from the configuration"),
    "streams.watch": ("tests/streams/watch/test_watch.py", "data of the watch, and its words"),
}
# Classes of one name in two places: the same thing in two layers.
SHARED: Final = {
    "Attempt": "one call attempt, as a queue_log tells it and as it truly went",
    "Channel": "as it is configured, and its fold",
    "Board": "as it is configured, and what answers",
    "Checkpoint": "as it is configured, and what writes one",
    "Figure": "as it is computed, and as a report shows it",
    "Figures": "of a worker, and side by side in a report",
    "Line": "as it is configured, and its fold",
    "Report": "of files, and of an office",
    "Service": "as it is configured, and its fold",
    "Table": "of what comes in, and of what a report shows",
}


def top(name: str) -> str:
    return name.partition(".")[0]


def own_test(name: str) -> bool:
    folder, _, module = name.rpartition(".")
    return (ROOT / "tests" / folder.replace(".", "/") / f"test_{module}.py").exists()


def shown_by(name: str) -> str | None:
    """Return the entry of `SHOWN_BY` for a module: its own, or its room's."""
    return next((each for each in (name, room(name)) if each in SHOWN_BY), None)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    above = set(PACKAGES) - PACKAGES[package]
    wrong = [(name, each) for name, tree in modules(package).items() for each in imported(tree) if top(each) in above]
    assert not wrong


def test_the_domain_reaches_nothing_outside() -> None:
    wrong = [
        (name, each)
        for name, tree in modules("streams").items()
        for each in imported(tree)
        if top(each) not in PURE and room(name) not in MATHEMATICS.get(top(each), set())
        if top(each) not in OWN_SOURCE.get(name, set())
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_imports_one_that_imports_it(package: str) -> None:
    rooms = defaultdict[str, set[str]](set)
    for name, tree in modules(package).items():
        rooms[room(name)] |= {room(each) for each in imported(tree) if top(each) == package} - {room(name)}
    floors = TopologicalSorter(rooms)
    floors.prepare()  # raises CycleError with the rooms of a circle


def test_a_mail_imports_no_page() -> None:
    """`agents/desk_view` has the figures of a desk over a period, and both mails and pages read them."""
    mails = {name: tree for name, tree in modules("agents").items() if room(name) == "agents.mail"}
    assert mails
    assert [
        (name, each) for name, tree in mails.items() for each in imported(tree) if room(each) == "agents.board"
    ] == []


def test_every_module_has_its_test() -> None:
    """A module's test mirrors its path, or `SHOWN_BY` names the test that covers it; every entry there is needed."""
    without = [name for package in ("streams", "agents", "config") for name in modules(package) if not own_test(name)]
    assert [name for name in without if shown_by(name) is None] == []
    assert {shown_by(name) for name in without} == set(SHOWN_BY)
    assert [path for path, _ in SHOWN_BY.values() if not (ROOT / path).exists()] == []


def test_a_class_has_a_name_of_its_own() -> None:
    """A class name is unique; `SHARED` lists names for the same thing in two layers."""
    homes = defaultdict[str, list[str]](list)
    for package in ("streams", "agents", "config"):
        for name, tree in modules(package).items():
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    homes[node.name].append(name)
    assert {each for each, where in homes.items() if len(where) > 1} == set(SHARED)
