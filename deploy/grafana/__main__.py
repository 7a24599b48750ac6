"""Write the boards as JSON for Grafana, in each language: `python -m deploy.grafana [--pages URL] [FOLDER]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from agents.language import Language
from deploy.grafana.boards.counters import counters
from deploy.grafana.boards.line import line
from deploy.grafana.boards.nation import nation
from deploy.grafana.boards.pipeline import pipeline
from deploy.grafana.boards.quality import quality
from deploy.grafana.boards.wall import wall
from deploy.grafana.boards.years import years
from deploy.grafana.words import places, speak

BOARDS: Final = (nation, wall, line, counters, quality, years, pipeline)
PAGES: Final = "http://127.0.0.1:6067"
FOLDER: Final = Path("build") / "boards"


def texts(language: Language, pages: str = PAGES) -> dict[str, str]:
    """Return the boards as JSON, by file name; `pages` is the address of `tocsin board` for browsers."""
    written = {}
    for board in _boards(pages):
        speak(board, language)
        text = json.dumps(board, ensure_ascii=False, indent=2, sort_keys=True)
        written[f"{board['uid']}.json"] = f"{text}\n"
    return written


def extract(*_babel: object, **_options: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the texts of the boards for the catalogue, as a Babel extraction method."""
    for found, key in places([*_boards(PAGES)]):
        yield 1, None, found[key], []


def _boards(pages: str) -> Iterator[dict[str, Any]]:
    for board in BOARDS:
        yield json.loads(json.dumps(board(pages), cls=JSONEncoder))


def main() -> None:
    """Write each board to its file, in a folder for each language, and delete files of other boards."""
    parser = argparse.ArgumentParser(prog="python -m deploy.grafana", description="Write Grafana's boards as JSON.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where to (default: %(default)s)")
    parser.add_argument("--pages", default=PAGES, help="where browsers find the pages of `tocsin board` (%(default)s)")
    arguments = parser.parse_args()
    for language in Language:
        folder = arguments.folder / language
        folder.mkdir(parents=True, exist_ok=True)
        written = texts(language, arguments.pages)
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8")
        for path in folder.glob("tocsin-*.json"):
            if path.name not in written:
                path.unlink()


if __name__ == "__main__":
    main()
