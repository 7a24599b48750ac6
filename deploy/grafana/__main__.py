"""Write the boards as JSON for Grafana: `python -m deploy.grafana [--pages URL] [FOLDER]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.boards.counters import counters
from deploy.grafana.boards.line import line
from deploy.grafana.boards.pipeline import pipeline
from deploy.grafana.boards.quality import quality
from deploy.grafana.boards.wall import wall
from deploy.grafana.boards.years import years

BOARDS: Final = (wall, line, counters, quality, years, pipeline)
PAGES: Final = "http://127.0.0.1:6067"
FOLDER: Final = Path(__file__).parent / "dashboards"


def texts(pages: str = PAGES) -> dict[str, str]:
    """Return the boards as JSON, by the names of their files; `pages` is where browsers find `tocsin board`."""
    made = [board(pages) for board in BOARDS]
    return {
        f"{each.uid}.json": json.dumps(each, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for each in made
    }


def main() -> None:
    """Write each board to its file, and remove those of boards that are no more."""
    parser = argparse.ArgumentParser(prog="python -m deploy.grafana", description="Write Grafana's boards as JSON.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where to (default: %(default)s)")
    parser.add_argument("--pages", default=PAGES, help="where browsers find the pages of `tocsin board` (%(default)s)")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    written = texts(arguments.pages)
    for name, text in written.items():
        (arguments.folder / name).write_text(text, encoding="utf-8")
    for path in arguments.folder.glob("tocsin-*.json"):
        if path.name not in written:
            path.unlink()


if __name__ == "__main__":
    main()
