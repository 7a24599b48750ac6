"""The additions of `make site` to mkdocs: pages of the whole repository, patterns in the menu, folders, names of code.

Mkdocs takes its pages from one folder. Here they keep their paths in the repository, so a link works in both places.
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final, TypeAlias

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

Entry: TypeAlias = "str | dict[str, str | list[Entry]]"  # of mkdocs' menu: a page, or a group by its title

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("*.md", "LICENSE", "docs/**/*.*", "examples/README.md", "benchmarks/README.md")
LISTED: Final = ("docs/decisions", "docs/schemas")
INDEX: Final = "index.md"
FRENCH: Final = ("docs/fr/", "docs/privacy.md")
_LINK: Final = re.compile(r"(?<=\]\()(?!\w+:)([^)#\s]+)(?=\))")
_NAMED: Final = re.compile(r"^(```\w+) (\S+)$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> None:
    """Replace the patterns of the menu by the pages that match."""
    config.nav = [_expanded(each) for each in config.nav or []]


def _expanded(entry: Entry) -> Entry:
    if isinstance(entry, str):
        return entry
    ((title, inside),) = entry.items()
    return {title: inside if isinstance(inside, str) else [page for each in inside for page in _pages(each)]}


def _pages(entry: Entry) -> list[Entry]:
    """Expand the patterns in an entry of the menu."""
    if isinstance(entry, str) and "*" in entry:
        return [*sorted(str(page.relative_to(ROOT)) for page in ROOT.glob(entry))]
    return [_expanded(entry)]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Replace the files of `docs_dir` by the repository's, and add lists of the folders in `LISTED`."""
    for each in [*files]:
        if each.src_dir == config.docs_dir:
            files.remove(each)
    for path in sorted({path for pattern in PAGES for path in ROOT.glob(pattern)}):
        files.append(File(str(path.relative_to(ROOT)), str(ROOT), config.site_dir, config.use_directory_urls))
    for folder in LISTED:
        rows = [f"- [{_title(path)}]({path.name})" for path in sorted((ROOT / folder).iterdir())]
        content = "\n".join([f"# {Path(folder).name.capitalize()}", "", *rows])
        files.append(File.generated(config, f"{folder}/{INDEX}", content=content))


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ") if path.suffix == ".md" else path.name


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Let links to folders lead to the folders' lists, and name the code blocks, which GitHub does not."""
    here = dirname(page.file.src_uri)

    def led(link: re.Match[str]) -> str:
        return f"{link[1].rstrip('/')}/{INDEX}" if normpath(join(here, link[1])) in LISTED else link[1]

    return _NAMED.sub(r'\1 title="\2"', _LINK.sub(led, markdown))


def on_post_page(output: str, page: Page, **_: object) -> str:
    """Name the language of the pages that are French."""
    french = page.file.src_uri.startswith(FRENCH)
    return output.replace('<html lang="en"', '<html lang="fr"', 1) if french else output
