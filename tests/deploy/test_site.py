"""The site of the documentation: it is built, it asks no other host, it is searched in two languages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.slow  # two builds, of 2 s each

ROOT: Final = Path(__file__).parents[2]
FETCHED: Final = re.compile(r"<(?:script|img|iframe|link)[^>]*(?:src|href)=\"?(?:https?:)?//[^>]*>")


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    return subprocess.run(
        [*command, "--config-file", str(root / "deploy/mkdocs.yml")], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT, folder)
    assert built.returncode == 0, built.stderr
    return folder


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert len(pages) > 30
    assert {page.name: found for page in pages if (found := FETCHED.findall(page.read_text(encoding="utf-8")))} == {}


def test_every_block_of_code_is_one(site: Path) -> None:
    assert [page.name for page in site.rglob("*.html") if "```" in page.read_text(encoding="utf-8")] == []
    assert 'class="filename">office.yaml' in (site / "docs/mappings.html").read_text(encoding="utf-8")


def test_guides_are_french_and_the_rest_is_english(site: Path) -> None:
    languages = {
        path: re.search('<html lang="(..)"', (site / path).read_text(encoding="utf-8"))[1]  # type: ignore[index]
        for path in ("docs/fr/mur.html", "docs/privacy.html", "index.html", "docs/board.html")
    }
    assert languages == {
        "docs/fr/mur.html": "fr",
        "docs/privacy.html": "fr",
        "index.html": "en",
        "docs/board.html": "en",
    }


def test_the_search_knows_both_languages(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    assert index["config"]["lang"] == ["en", "fr"]
    texts = defaultdict[str, str](str)
    for each in index["docs"]:
        texts[each["location"].partition("#")[0]] += each["text"]
    assert "Écarter" in texts["docs/fr/decider.html"]
    assert "wall" in texts["docs/board.html"]


def test_broken_links_fail(tmp_path: Path) -> None:
    copied = ("docs", "deploy/mkdocs.yml", "deploy/documents.py", "examples/README.md", "benchmarks/README.md")
    for name in (*copied, "LICENSE", *(path.name for path in ROOT.glob("*.md"))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    links = ("docs/none/", "docs/none.md", "docs/board.md#none")
    with (tmp_path / "README.md").open("a", encoding="utf-8") as page:
        page.writelines(f"\n[broken]({link})\n" for link in links)
    built = build(tmp_path, tmp_path / "build/site")
    assert built.returncode == 1
    warnings = [line for line in built.stderr.splitlines() if line.startswith("WARNING")]
    assert sorted(link for line in warnings for link in links if f"'{link}'" in line) == sorted(links)
    assert len(warnings) == len(links)
