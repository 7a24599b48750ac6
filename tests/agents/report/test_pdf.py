"""The report on paper: numbered pages, correct tags, and no text that becomes markup."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from agents.report.blocks import Items, Paragraph, Report, Section
from agents.report.pdf import pdf
from config.office import Signatory
from config.settings import ConfigError
from tests.agents.report.made import HOSTILE, catalogue, logo, report, said, section, table, tags


def read(given: Report) -> PdfReader:
    return PdfReader(BytesIO(pdf(given)))


@pytest.fixture(scope="module")
def whole() -> PdfReader:
    return read(report(section()))


def test_it_is_tagged_and_says_its_title_and_its_language(whole: PdfReader) -> None:
    root = catalogue(whole)
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Metadata"].get_data().count(b"pdfuaid:part>1<") == 1
    assert whole.metadata is not None
    assert (whole.metadata.title, whole.metadata.author) == (
        "Indicateurs de qualité 2013",
        "Préfecture de la Lozère",
    )


def test_every_picture_says_in_words_what_it_shows(tmp_path: Path) -> None:
    found = read(report(section(), office=Signatory(name="Préfecture", logo=logo(tmp_path))))
    assert [tag["/Alt"] for name, tag in tags(found) if name == "/Figure"] == ["Préfecture", "Janvier 3 %, février 4 %"]


def test_headings_follow_in_order_and_tables_have_heads(whole: PdfReader) -> None:
    names = [name for name, _ in tags(whole)]
    # The section, the office's text in it, the section below it; the annex and its section.
    assert [name for name in names if name[1:] in {"H1", "H2", "H3", "H4"}] == [
        "/H1",
        "/H2",
        "/H3",
        "/H2",
        "/H1",
        "/H2",
    ]
    assert (names.count("/TH"), names.count("/TD")) == (4, 12)
    assert {"/L", "/LI", "/Caption", "/BlockQuote", "/Link", "/Strong", "/Em"} <= {*names}


def test_every_page_says_where_it_is_and_whose(whole: PdfReader) -> None:
    long = read(report(section(rows=120)))
    count = len(long.pages)
    assert count > 2
    for number, page in enumerate(long.pages, start=1):
        text = page.extract_text()
        assert f"page {number} sur {count}" in text
        assert "édition 1 du 4 novembre 2014" in text
        assert "Préfecture de la Lozère" in text
        assert "Indicateurs de qualité 2013" in text
    assert f"page 1 of {len(whole.pages)}" in said(read(report(section(), language="en")))


@pytest.mark.parametrize("figure", ["0,19\u202f%", "1,52\u202f%", "19,56\u202f%", "2\u202f111", "—", "Étrangers <12 %"])
def test_every_figure_is_in_the_text(whole: PdfReader, figure: str) -> None:
    assert " ".join(figure.split()) in said(whole)


def test_no_text_is_markup() -> None:
    hostile = read(report(Section("x", HOSTILE, section().blocks), office=Signatory(name=HOSTILE, contact=HOSTILE)))
    assert "".join(said(hostile).split()).count("".join(HOSTILE.split())) >= 10
    assert hostile.metadata is not None
    assert hostile.metadata.author == HOSTILE


@pytest.mark.parametrize("sign", ["中", "🙂", "\0", "\a"])
def test_a_sign_that_no_font_has_is_a_box_and_costs_no_page(sign: str) -> None:
    found = read(report(Section("x", f"Accueil {sign}", section().blocks)))
    assert "Accueil" in said(found)
    assert catalogue(found)["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" not in catalogue(found)["/Metadata"].get_data()


def test_what_the_office_wrote_is_set_and_its_html_is_text(whole: PdfReader) -> None:
    text = said(whole)
    assert "Une année de travaux Le standard a changé ; voir le site ou rien." in text
    assert "1. un 2. deux • trois cité la façade <script>alert(1)</script> #code" in text
    links = [annotation.get_object()["/A"]["/URI"] for page in whole.pages for annotation in page.get("/Annots", [])]
    assert links == ["https://example.org/?a=%22b%22"]  # the picture's address is never fetched


def test_a_table_over_pages_repeats_its_head_and_cuts_no_row() -> None:
    long = read(report(Section("x", "Une table", (table(90),))))
    pages = ["".join(page.extract_text().split()) for page in long.pages]
    assert len(pages) > 2
    assert all("MoisAppelsRemarque" in page for page in pages[:-1]), "the last has the annex"
    for number in range(90):
        row = (f"mois {number}", f"{number}111", "une remarque " * (number % 9), HOSTILE)
        assert sum("".join(" ".join(row).split()) in page for page in pages) == 1


@pytest.mark.parametrize("lines", range(24, 48, 3))
def test_what_leads_to_figures_stands_on_their_page(lines: int) -> None:
    before = Section("x", "Avant", (Items(("une ligne",) * lines),))
    leading = section()._replace(blocks=(Paragraph("Une phrase mène aux chiffres."), *section().blocks[4:]))
    pages = [page.extract_text() for page in read(report(before, leading)).pages]
    (page,) = [each for each in pages if "Le téléphone\n" in each]
    assert "Une phrase mène" in page
    assert "0,19" in page
    (page,) = [each for each in pages if "Plus bas\n" in each]
    assert "Tout en bas" in page


@pytest.mark.parametrize("lines", range(16, 46, 6))
def test_a_list_and_a_row_of_figures_stay_with_what_follows(lines: int) -> None:
    before = Section("x", "Avant", (Items(("une ligne",) * lines),))
    _, _, _, _, figures, picture, items, _ = section().blocks
    led = Section(
        "y", "Circulation", (Paragraph("Une phrase."), Paragraph("Attention.", "warning"), items, figures, picture)
    )
    pages = [page.extract_text() for page in read(report(before, led)).pages]
    (page,) = [each for each in pages if "Circulation\n" in each]
    for words in ("Une phrase", "Attention", "premier", "1,52", "Taux par mois"):
        assert words in page


def test_the_annex_begins_on_a_page_of_its_own(whole: PdfReader) -> None:
    pages = [page.extract_text() for page in whole.pages]
    (annex,) = [number for number, each in enumerate(pages) if "Annexe technique" in each]
    assert annex > 0
    assert "Tout en bas" not in pages[annex]
    assert "Tout en bas" in pages[annex - 1], "no page is empty"


def test_the_same_figures_are_the_same_bytes() -> None:
    assert pdf(report(section())) == pdf(report(section()))
    later = read(report(section(), day=date(2014, 11, 5)))
    assert later.metadata is not None
    assert str(later.metadata["/CreationDate"]) == "D:20141105000000Z"


def test_a_report_of_no_figures_is_a_page() -> None:
    empty = read(report())
    assert len(empty.pages) == 1
    assert "Comité des usagers du 4 novembre 2014" in said(empty)
    assert "page 1 sur 1" in said(empty)


def test_an_office_without_a_name_signs_by_its_site() -> None:
    assert "lozere" in said(read(report(office=Signatory())))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.png", b"\x89PNG\r\n\x1a\n"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><rect>'),
        (
            "logo.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="http://x.example/x.png"/></svg>',
        ),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="/etc/passwd"/></svg>'),
    ],
)
def test_a_logo_that_cannot_be_drawn_is_refused_by_its_key(tmp_path: Path, name: str, data: bytes) -> None:
    (file := tmp_path / name).write_bytes(data)
    with pytest.raises(
        ConfigError, match=r"logo\..*: office\.logo: found failed to .*, expected a picture that is whole"
    ):
        pdf(report(office=Signatory(logo=file)))


def test_no_font_of_the_machine_is_used(whole: PdfReader) -> None:
    fonts = {str(font["/BaseFont"]) for page in whole.pages for font in _fonts(page)}
    assert fonts
    assert all("Libertinus" in font or "DejaVuSansMono" in font for font in fonts)


def _fonts(page: object) -> list[dict[str, object]]:
    return [each.get_object() for each in page["/Resources"]["/Font"].values()]  # type: ignore[index]
