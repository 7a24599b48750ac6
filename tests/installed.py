"""Install the wheel with the newest version of every library, and ask every page and command in both languages.

`python -m tests.installed` needs a package registry and takes some minutes. The tests run on the locked versions, so
they cannot find what a newer library breaks for whoever installs Tocsin today.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urljoin, urlsplit
from urllib.request import Request, urlopen

from agents.language import Language
from agents.terminal import say
from streams.simulation.lozere import PUBLISHED_YEAR

ROOT: Final = Path(__file__).parents[1]
SECONDS: Final = 900  # for a command, or the demo's year: only against hanging
NAMED: Final = re.compile(r"(?:lines|services|channels|sites|incidents)/(?!now)[^/]+|(?<=/)\d[^/]*")  # in a path
OF_FILES: Final = (
    *("--help", "totals --help", "--version", "analyze queue_log", "analyze queue_log --full", "init queue_log"),
    *("analyze survey.csv", "analyze tickets.csv --config office.yaml", "init calls.csv"),
    "analyze calls.csv --mapping exchange --config office.yaml",
    "reconcile queue-log queue_log_door asterisk-cel cel.csv --config office.yaml",
    "simulate --from 2013-06-03 --to 2013-06-14 --calls circulation=50 --out events.jsonl --truth truth.json",
)
OF_AN_OFFICE: Final = (
    *("check", "topics --check", "callbacks", "forecast", "staff", "dead-letters", "state list", "audit"),
    *("review list", "review show last", "review questions"),
    *(
        f"certify --year {PUBLISHED_YEAR}{more}"
        for more in ("", " --line circulation --format html --out checked.html")
    ),
    *(f"totals --year {PUBLISHED_YEAR}{more}" for more in ("", " --format json", " --format csv", " --csv fr")),
    *(
        f"totals --year {PUBLISHED_YEAR} --format {kind} --out year.{kind}"
        for kind in ("html", "pdf", "notice", "xlsx")
    ),
    f"totals --year {PUBLISHED_YEAR} --format open-data --out year.zip",
    f"totals --year {PUBLISHED_YEAR} --format parquet --out lake",
)


class Installed:
    """Tocsin in an environment of its own, run from a folder of its own; `wrong` has what failed."""

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder / "examples"
        shutil.copytree(ROOT / "examples", self.folder)
        self.wrong: Final[list[str]] = []
        self._bin: Final = folder / "env" / "bin"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TOCSIN_", "PYTHON"))}
        self._environment: Final = inherited | {"TOCSIN_STATE_DIR": str(folder / "state"), "PYTHONUTF8": "1"}
        venv.create(folder / "env", with_pip=True)
        self._pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        names = ",".join(extras.keys() - {"dev", "bench", "fuzz"})  # which are for a clone
        (wheel,) = folder.glob("*.whl")
        self._pip("install", f"{wheel}[{names}]")
        self._pip("list", "--format", "freeze")

    def _pip(self, *words: str) -> None:
        quiet = () if words[0] == "list" else ("--quiet",)
        subprocess.run([self._bin / "pip", *words, *quiet, "--disable-pip-version-check"], check=True)

    def ask(self, language: Language, words: str, **variables: str) -> None:
        """Run a command of Tocsin; it must end with status 0."""
        command = [str(self._bin / "tocsin"), "--lang", language, *words.split()]
        environment = self._environment | variables
        ended = subprocess.run(
            command, check=False, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
        self._judge(f"tocsin --lang {language} {words}", ended.returncode == 0, ended.stderr)

    def visit(self, language: Language, board: str) -> None:
        """Ask a board for one page of each kind that its pages link to; each must be there."""
        asked, waiting = set[object](), ["", "?wall", "api/v1/openapi.json"]
        for link in waiting:
            address = urljoin(board, link)
            parts = urlsplit(address)
            kind = NAMED.sub("NAME", parts.path), dict(parse_qsl(parts.query)).get("format")
            if not address.startswith(board) or (kind in asked and link not in {"", "?wall"}):
                continue
            asked.add(kind)
            try:
                with urlopen(Request(address, headers={"Accept-Language": language}), timeout=SECONDS) as answer:
                    self._judge(f"GET /{address.removeprefix(board)} in {language}", passed=True)
                    if answer.headers.get_content_type() == "text/html":
                        page = html.unescape(answer.read().decode())
                        waiting += [urljoin(address, each) for each in re.findall(r'href="([^"#$]+)"', page)]
            except HTTPError as error:
                self._judge(f"GET /{address.removeprefix(board)} in {language}", passed=False, why=f"{error}")

    @contextmanager
    def demo(self, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
        """Run the demo for the block; yield its board, once the year is shown, and the variables of its commands."""
        options = ("--serve", "--web-port", "0", "--metrics-port", "0")
        command = [str(self._bin / "tocsin"), "--lang", language, "demo", *options]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with process:
            said = ""
            assert process.stdout is not None
            for line in process.stdout:
                said += line
                if "Ctrl-C" in line:  # live days follow
                    break
            try:
                self._judge(f"tocsin --lang {language} demo --serve", process.poll() is None and "Ctrl-C" in said, said)
                board, broker, config = (
                    re.search(each, said)
                    for each in (r"http://\S+:\d+/(?=,| |\n)", r"BOOTSTRAP=(\S+)", r"--config (\S+)")
                )
                if board and broker and config:
                    shared = {"TOCSIN_KAFKA_BOOTSTRAP": broker[1], "TOCSIN_CONFIG": config[1], "TOCSIN_CLOCK": "event"}
                    yield board[0], shared
            finally:
                process.terminate()

    def _judge(self, asked: str, passed: bool, why: str = "") -> None:  # noqa: FBT001 -- the verdict
        say(f"{'ok   ' if passed else 'WRONG'} {asked}")
        if not passed:
            say(why[-2000:])
            self.wrong.append(asked)


def main() -> None:
    """Print each command and page with its verdict; end with status 1 if one is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        installed = Installed(Path(folder))
        for language in Language:
            for words in OF_FILES:
                installed.ask(language, words)
            with installed.demo(language) as (board, variables):
                installed.visit(language, board)
                for words in OF_AN_OFFICE:
                    installed.ask(language, words, **variables)
    say(f"{len(installed.wrong)} wrong")
    sys.exit(bool(installed.wrong))


if __name__ == "__main__":
    main()
