"""A PostgreSQL for tests: Debian's, in a folder of its own, reached by a socket there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.waiting import PATIENCE, until

_DEBIAN: Final = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
SERVER: Final = shutil.which("postgres", path=os.pathsep.join([*_DEBIAN[-1:], os.environ["PATH"]]))
needs_postgres: Final = pytest.mark.skipif(SERVER is None, reason="there is no PostgreSQL: apt install postgresql")
PAGE: Final = Path(__file__).parents[3] / "docs/parquet.md"
SETUP, FIGURES = re.findall(r"(?ms)^```postgresql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
PASSWORD: Final = "sésame 1:2"
_USER: Final = "postgres" if os.getuid() == 0 else None  # PostgreSQL refuses to run as root

Variables: TypeAlias = dict[str, str]  # of libpq, by name


@contextmanager
def postgres() -> Iterator[Variables]:
    """Start a server with a database `figures`; yield the variables that connect its administrator."""
    assert SERVER is not None
    programs = Path(SERVER).resolve().parent
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.chown(folder, _USER or os.getuid())
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        data, password = str(folder / "data"), str(folder / "password")
        made = ["-D", data, "-U", "postgres", "--pwfile", password, "--auth-local", "scram-sha-256", "-E", "UTF8"]
        initdb = [str(programs / "initdb"), *made, "--no-locale", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, user=_USER, cwd=folder)
        served = [str(programs / "postgres"), "-D", data, "-k", name, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(served, stdout=log, stderr=log, user=_USER, cwd=folder)
        try:
            found = {"PGHOST": name, "PGUSER": "postgres", "PGPASSWORD": PASSWORD, "PGDATABASE": "figures"}
            until(lambda: _created(found), (folder / "log").read_text)
            yield found
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _created(administrator: Variables) -> bool:
    try:
        with psycopg.connect(_conninfo(administrator | {"PGDATABASE": "postgres"}), autocommit=True) as connection:
            connection.execute("CREATE DATABASE figures")
            connection.execute("REVOKE ALL ON DATABASE figures FROM public")
            connection.execute("GRANT CONNECT ON DATABASE figures TO public")
    except psycopg.OperationalError:
        return False
    return True


def _conninfo(variables: Variables, options: str = "") -> str:
    named = {"host": "PGHOST", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return make_conninfo(options=options, **{name: variables[each] for name, each in named.items()})


def asked(as_who: Variables, query: str, *values: object, options: str = "-c timezone=UTC") -> list[tuple[Any, ...]]:
    """Return the rows of a query, or none of a statement."""
    with psycopg.connect(_conninfo(as_who, options)) as connection:
        found = connection.execute(query.encode(), values or None)
        return found.fetchall() if found.description else []


def given_schema(administrator: Variables) -> Variables:
    """Run the statements of the documentation in the database; return the variables of the role `tocsin`."""
    asked(administrator, "DROP SCHEMA IF EXISTS tocsin CASCADE")
    for role in ("tocsin", "analysts"):
        if asked(administrator, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            asked(administrator, f"DROP OWNED BY {role}")
            asked(administrator, f"DROP ROLE {role}")
    asked(administrator, SETUP)
    asked(administrator, f"ALTER ROLE tocsin PASSWORD '{PASSWORD}'")
    return {**administrator, "PGUSER": "tocsin"}
