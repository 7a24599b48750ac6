"""The files of two Asterisks: a typical office, and the world that calls it and answers its telephones."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.exchange.asterisk import RECORDER
from tests.exchange.case import Case
from tests.exchange.ways import Ways

OFFICE_PORT, WORLD_PORT = 5038, 5039  # of their manager interfaces
DATABASE: Final = "db/records.db"  # in its folder: the realtime table of the queue_log
_FILES: Final = Path(__file__).parent / "conf"
_CEL: Final = (
    *("eventtype", "eventtime", "CALLERID(name)", "CALLERID(num)", "CALLERID(ANI)", "CALLERID(RDNIS)"),
    *("CALLERID(DNID)", "CHANNEL(exten)", "CHANNEL(context)", "CHANNEL(channame)", "CHANNEL(appname)"),
    *("CHANNEL(appdata)", "CHANNEL(amaflags)", "CHANNEL(accountcode)", "CHANNEL(uniqueid)", "CHANNEL(linkedid)"),
    *("BRIDGEPEER", "CHANNEL(userfield)", "userdeftype", "eventextra"),
)  # the sample's columns
_CEL_FIELDS: Final = (
    "eventtype,eventtime,name,num,ani,rdnis,dnid,exten,context,channame,appname,appdata,amaflags,accountcode,"
    "uniqueid,linkedid,peer,userfield,userdeftype,eventextra"
)
_CDR: Final = (
    *("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start"),
    *("answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "linkedid"),
)


FIRST: Final = 10  # the number of the first case: two digits of its telephones and lines


def phone(case: int, number: int) -> str:
    return f"2{case:02}{number}"


def number(case: int, which: int = 0) -> str:
    return f"0465{case:02}{which:04}"


def names(index: int, case: Case, ways: Ways) -> dict[str, str]:
    """Return the values of the placeholders in a case's texts."""
    return {
        **{str(k): phone(index, k) for k in (1, 2, 3)},
        **{f"member:{k}": ways.member.format(phone(index, k)) for k in (1, 2, 3)},
        "q": case.name,
        "r": f"{case.name}-2",
        "n": number(index),
        "m": number(index, 1),
        "o": ways.options,
        "context": f"{case.key_context}-{case.name}",
    }


def filled(text: str, places: dict[str, str]) -> str:
    return (
        re.sub(r"\{([\w:]+)\}", lambda found: places.get(found[1], found[0]), text)
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _queues(cases: Sequence[Case], ways: Ways) -> str:
    text = f"[general]\nautofill = yes\nshared_lastcall = yes\nlog-caller-id-name = yes\n{ways.general}\n"
    strategy = f"strategy = {ways.strategy}\n"  # the first one counts
    usual = f"timeout = 15\nretry = 1\nringinuse = no\njoinempty = yes\n{ways.queues}\n"
    for index, case in enumerate(cases, FIRST):
        places = names(index, case, ways)
        for queue, members, more in (
            (case.name, case.members, case.queue),
            (f"{case.name}-2", case.second_members, ""),
        ):
            text += f"[{queue}]\n{'' if 'strategy' in more else strategy}{usual}context = {places['context']}\n{more}\n"
            text += "".join(_member(phone(index, int(each)), ways) for each in members)
    return text


def _member(name: str, ways: Ways) -> str:
    device = ways.member.format(name)
    state = f",hint:{name}@internal" if device.startswith("Local") else ""
    return f"member => {device},0,{f'Agent {name}' if ways.member_name else ''}{state}\n"


def _extension(name: str, steps: Sequence[str]) -> str:
    first, *rest = steps
    return "\n".join([f"exten => {name},1,{first}", *(f" same => n,{step}" for step in rest), ""])


def _plan(cases: Sequence[Case], ways: Ways) -> str:
    """Return the dialplan of the cases' numbers, and of the keys in their queues."""
    trunk, keys = "[from-trunk]\n", ""
    for index, case in enumerate(cases, FIRST):
        places = names(index, case, ways)
        first = ("Answer()",) if ways.answer and "Answer()" not in case.plan else ()
        trunk += _extension(places["n"], [filled(step, places) for step in (*first, *case.plan)])
        if case.second_plan:
            trunk += _extension(places["m"], [filled(step, places) for step in case.second_plan])
        keys += f"[{places['context']}]\n"
        keys += "".join(_extension(key, [filled(step, places) for step in steps]) for key, steps in case.keys.items())
    return trunk + keys


def _files(whose: str) -> dict[str, str]:
    return {
        file.name: file.read_text(encoding="utf-8") for each in ("both", whose) for file in (_FILES / each).iterdir()
    }


def office_files(cases: Sequence[Case], ways: Ways, folder: Path) -> dict[str, str]:
    """Return the configuration files, by their names, of an office that has a folder inside its Debian."""
    files = _files("office")
    files["manager.conf"] += f"[general](+)\nport = {OFFICE_PORT}\n"
    files["extensions.conf"] += _plan(cases, ways)
    for name in (phone(index, each) for index, _ in enumerate(cases, FIRST) for each in (1, 2, 3)):
        files["pjsip.conf"] += f"[{name}](phone)\naors = {name}\ncallerid = Poste <{name}>\n"
        files["pjsip.conf"] += f"[{name}]\ntype = aor\ncontact = sip:{name}@127.0.0.3:5060\n"
    if ways.realtime:
        files["logger.conf"] = files["logger.conf"].replace(
            "queue_log = yes", "queue_log = yes\nqueue_log_to_file = yes"
        )
        files["extconfig.conf"] = "[settings]\nqueue_log => sqlite3,records,queue_log\n"
        files["res_config_sqlite3.conf"] = f"[records]\ndbfile => {folder}/{DATABASE}\n"
    files["queues.conf"] = _queues(cases, ways)
    files["cel.conf"] = f"[general]\nenable = yes\napps = {ways.apps}\nevents = {ways.events}\n{ways.cel}\n"
    columns = ",".join(f"${{CSV_QUOTE(${{{name}}})}}" for name in _CEL)
    files["cel_custom.conf"] = f"[mappings]\nMaster.csv => {columns}\n"
    if ways.cel_format:
        files["cel_custom.conf"] = f"[Master.csv]\nformat = {ways.cel_format}\nfields = {_CEL_FIELDS}\n"
    zone = f"usegmtime = {'yes' if ways.utc else 'no'}"
    files["cdr.conf"] = f"[general]\n{ways.cdr}\n[csv]\n{zone}\nloguniqueid = yes\nloguserfield = yes\n"
    if ways.cdr_custom:
        columns = ",".join(f"${{CSV_QUOTE(${{CDR({name})}})}}" for name in _CDR)
        files["cdr_custom.conf"] = f"[mappings]\nMaster.csv => {columns}\n"
    return files


def world_files(cases: Sequence[Case], ways: Ways) -> dict[str, str]:
    """Return the world's configuration files by their names."""
    files = _files("world")
    files["manager.conf"] += f"[general](+)\nport = {WORLD_PORT}\n"
    for index, case in enumerate(cases, FIRST):
        places = names(index, case, ways)
        for each, does in enumerate(case.phones, 1):
            files["extensions.conf"] += _extension(phone(index, each), [filled(step, places) for step in does])
    return files


def tocsin_config(cases: Sequence[Case], path: Path) -> None:
    """Write the office's configuration of Tocsin: a line for each queue, with its number."""
    lines = {}
    for index, case in enumerate(cases, FIRST):
        for queue, dialled in ((case.name, number(index)), (f"{case.name}-2", number(index, 1))):
            lines[queue] = {"label": queue, "expected_lost_rate": 0.05, "queues": [queue, dialled]}
    office = {
        "site": "essai",
        "timezone": "Europe/Paris",
        "opening_hours": "Mo-Su 00:00-24:00",
        "exchanges": {"asterisk": {"user": RECORDER}},
        "lines": lines,
    }
    path.write_text(json.dumps(office), encoding="utf-8")
