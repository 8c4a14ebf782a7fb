"""The submission profile embeds both faces whole and changes nothing else; the rules for submitted files."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest

from mda5_crf.errors import InputRefused
from mda5_crf.pdf import print_blank
from mda5_crf.pdf.blankbook import lay_book
from mda5_crf.pdf.fdacheck import Finding, findings
from mda5_crf.pdf.fonts import FILES, font_folder
from mda5_crf.pdf.fullfonts import embedded_whole, whole
from mda5_crf.pdf.parts import printed
from tests.unit.pdf.paperwork import MADE, mini, trial


@pytest.fixture(scope="module")
def subset() -> bytes:
    return print_blank(mini(), list(mini().forms.values()), "both", made=MADE).data


@pytest.fixture(scope="module")
def full(subset: bytes) -> bytes:
    return embedded_whole(subset)


def texts(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_both_faces_are_embedded_byte_for_byte_and_once(full: bytes) -> None:
    with pikepdf.open(io.BytesIO(full)) as pdf:
        files = [
            one.FontFile2.read_bytes()
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        ]
    assert sorted(files) == sorted((font_folder() / file).read_bytes() for file in FILES.values())


def test_the_text_is_the_same(subset: bytes, full: bytes) -> None:
    assert texts(full) == texts(subset)
    assert "生命体征" in "".join(texts(full))


def test_same_input_same_bytes(subset: bytes, full: bytes) -> None:
    assert embedded_whole(subset) == full


def test_widths_are_those_of_the_subset(subset: bytes, full: bytes) -> None:
    """A glyph that stands elsewhere or is as broad as another would move what follows it."""
    with pikepdf.open(io.BytesIO(subset)) as before, pikepdf.open(io.BytesIO(full)) as after:
        for old, new in zip(before.pages, after.pages, strict=True):
            assert set(new.Resources.Font.keys()) <= set(
                old.Resources.Font.keys()
            )  # what a page does not use
            for name, composite in new.Resources.Font.items():
                piece = old.Resources.Font[name]
                widths = _widths(composite)
                for code, glyph in _glyphs(composite).items():
                    assert float(piece.Widths[code]) == pytest.approx(widths.get(glyph, 1000.0))


def _glyphs(composite: pikepdf.Object) -> dict[int, int]:
    """Code → glyph, as the embedded CMap has it."""
    text = composite.Encoding.read_bytes().decode("ascii")
    made = {int(code, 16): int(glyph) for code, glyph in re.findall(r"^<(..)> (\d+)$", text, re.MULTILINE)}
    assert made
    return made


def _widths(composite: pikepdf.Object) -> dict[int, float]:
    made: dict[int, float] = {}
    listed = list(composite.DescendantFonts[0].W.as_list())
    for first, widths in zip(listed[::2], listed[1::2], strict=True):
        made |= {int(first) + offset: float(wide) for offset, wide in enumerate(widths)}
    return made


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm draws the pages to compare")
def test_pages_look_the_same_to_the_pixel(subset: bytes, full: bytes, tmp_path: Path) -> None:
    pictures = []
    for name, data in (("subset", subset), ("full", full)):
        (tmp_path / f"{name}.pdf").write_bytes(data)
        subprocess.run(
            ["pdftoppm", "-r", "40", str(tmp_path / f"{name}.pdf"), str(tmp_path / name)], check=True
        )
        pictures.append([path.read_bytes() for path in sorted(tmp_path.glob(f"{name}-*.ppm"))])
    assert pictures[0] and pictures[0] == pictures[1]


def test_without_pikepdf_it_says_what_to_install(subset: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    for ask in (embedded_whole, findings):
        with pytest.raises(InputRefused, match="needs_pikepdf"):
            ask(subset)


def test_a_blank_book_keeps_the_rules() -> None:
    assert findings(printed(lay_book(trial(), "both", unique=True, made=MADE)).data, "blank-forms.pdf") == ()


def test_a_submission_keeps_the_rules_for_whole_fonts(subset: bytes) -> None:
    made = whole(print_blank(mini(), list(mini().forms.values()), "both", made=MADE))
    assert findings(made.data, "blank.pdf", whole_fonts=True) == ()
    broken = findings(subset, whole_fonts=True)
    assert broken and {one.rule for one in broken} == {"subset"}


@pytest.mark.parametrize(
    "name, kept", [("bl-vs_1.pdf", True), ("BL-VS.pdf", False), ("a b.pdf", False), ("表.pdf", False)]
)
def test_names_of_files(subset: bytes, name: str, kept: bool) -> None:
    assert (findings(subset, name) == ()) is kept


def _annotation(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
    pdf.pages[1].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.beep()"))


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = b"hello"


def _fields(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]))


def _unembedded(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.Font.F9 = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )


def _paper(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].mediabox = pikepdf.Array([0, 0, 842, 1191])


def _zoom(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].destination = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])


def _no_outline(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Outlines


def _closed(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.PageMode


@pytest.mark.parametrize(
    "spoil, finding",
    [
        (_annotation, Finding("annotation", "2")),
        (_script, Finding("active", "JavaScript")),
        (_attachment, Finding("attached")),
        (_fields, Finding("form_fields")),
        (_unembedded, Finding("font", "Helvetica")),
        (_paper, Finding("paper", "3")),
        (_no_outline, Finding("bookmarks")),
        (_closed, Finding("opening")),
    ],
)
def test_what_breaks_a_rule_is_found(
    subset: bytes, spoil: Callable[[pikepdf.Pdf], None], finding: Finding
) -> None:
    with pikepdf.open(io.BytesIO(subset)) as pdf:
        spoil(pdf)
        out = io.BytesIO()
        pdf.save(out)
    found = findings(out.getvalue())
    assert finding in found
    assert all(one.words.en and one.words.zh for one in found)


def test_a_bookmark_that_changes_the_zoom_is_found_and_so_is_a_password(subset: bytes) -> None:
    with pikepdf.open(io.BytesIO(subset)) as pdf:
        _zoom(pdf)
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="", R=6))
    assert {one.rule for one in findings(out.getvalue())} >= {"zoom", "encrypted"}
