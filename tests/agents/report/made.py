"""A hand-made report with every kind of block, and texts that would be markup if pasted into Typst."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from agents.report.blocks import Figure, Figures, Items, Markdown, Paragraph, Picture, Report, Section, Table
from config.office import Signatory

HOSTILE = r'#panic() $x$ *gras* _i_ [c] @ref \ " <lab> `raw` -- = \u{41} //x'
SVG = (
    '<svg viewBox="0 0 720 230" role="img" aria-label="mois">'
    '<rect class="hatched" x="50" y="16" width="200" height="180"/>'
    '<rect class="bar" x="60" y="90" width="40" height="100"/>'
    '<text class="tick" x="300" y="100" text-anchor="end">Étrangers &lt;12 %</text></svg>'
)
WRITTEN = """# Une année

### de *travaux*

Le standard **a changé** ; voir [le site](https://example.org/?a="b") ou [rien]().

1. un
2. deux
   - trois

> cité

![la façade](https://example.org/x.png) <script>alert(1)</script> `#code`
"""


def logo(folder: Path) -> Path:
    file = folder / "logo.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>')
    return file


def table(rows: int = 3) -> Table:
    each = ((f"mois {row}", f"{row}\u202f111", "une remarque " * (row % 9), HOSTILE) for row in range(rows))
    return Table("Par mois", ("Mois", "Appels", "Remarque", HOSTILE), tuple(each), (False, True, False, False))


def section(*, rows: int = 3, name: str = "Le téléphone") -> Section:
    return Section(
        "telephone",
        name,
        (
            Paragraph("Une phrase, et l'autre : « œuvre »."),
            Paragraph(HOSTILE, "warning"),
            Paragraph("En petit.", "note"),
            Markdown(WRITTEN),
            Figures(
                (
                    Figure("Standard", "0,19\u202f%", notes=("objectif < 2\u202f%",), met=True),
                    Figure("Circulation", "1,52\u202f%", "19,56\u202f%", met=False),
                    Figure(HOSTILE, "—", notes=("non publié : en doute",)),
                )
            ),
            Picture("Taux par mois", SVG, "Janvier 3 %, février 4 %"),
            Items(("premier", HOSTILE)),
            table(rows),
        ),
        (Section("plus", "Plus bas", (Paragraph("Tout en bas."),)),),
    )


def report(
    *sections: Section, language: str = "fr", office: Signatory | None = None, day: date = date(2014, 11, 4)
) -> Report:
    return Report(
        title="Indicateurs de qualité 2013",
        period="2013",
        language=language,
        office=office or Signatory(name="Préfecture de la Lozère", contact="accueil@lozere.example"),
        site="lozere",
        edition="édition 1 du 4 novembre 2014",
        day=day,
        meeting="Comité des usagers du 4 novembre 2014",
        sections=sections,
        annex=(Section("methode", "La méthode", (Paragraph("Comment on compte."),)),) if sections else (),
    )


def said(read: PdfReader) -> str:
    """Return the text of all pages on one line, as a screen reader speaks it."""
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def catalogue(read: PdfReader) -> Any:
    """Return a document's metadata."""
    return read.trailer["/Root"]


def tags(read: PdfReader) -> Iterator[tuple[str, Any]]:
    """Yield every tag of a document's structure in order, with its attributes."""
    waiting: list[Any] = [catalogue(read)["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                yield str(node["/S"]), node
            waiting += [node["/K"]] if "/K" in node else []
