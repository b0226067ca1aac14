"""Rendering: text, fonts, what may be fetched, and what is not imported."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from django.template.loader import get_template
from pypdf import PdfReader

from credit_repair.notices import engine_check, glyphs, render
from credit_repair.notices.contexts import DOCUMENTS, CommitmentLetter, DecisionApprove, Document, Party
from credit_repair.notices.engine_check import PdfEngineMissing, missing_libraries
from credit_repair.notices.glyphs import MissingGlyphs
from credit_repair.notices.render import RenderingError, is_ours, render_pdf

needs_engine = pytest.mark.skipif(
    bool(missing_libraries()),
    reason=f"PDF ENGINE MISSING {missing_libraries()}: {engine_check.INSTALL_COMMAND}",
)


def rendered(document: Document, watermark: str | None = None) -> PdfReader:
    pdf = render_pdf(template=document.template, context=document.to_context(), watermark=watermark)
    return PdfReader(BytesIO(pdf))


def text_of(reader: PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


@needs_engine
@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.template)
def test_every_document_has_its_text_and_only_our_fonts(kind: type[Document]) -> None:
    document = kind.sample()
    reader = rendered(document)
    text = text_of(reader)
    for expected in (document.title, document.party.name, document.party.code):
        assert expected in text
    if document.numbered:
        assert document.document_number in text
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    ours = {font.family.replace(" ", "-") for font in glyphs.FONT_CHAIN}
    assert {name.split("+")[1] for name in fonts} <= ours
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
            assert "+" in str(font["/BaseFont"])  # a subset


@needs_engine
def test_no_article_of_a_law_is_named() -> None:
    for kind in DOCUMENTS:
        assert "条" not in text_of(rendered(kind.sample())).replace("条件", "")


@needs_engine
def test_one_page_documents_stay_on_one_page() -> None:
    for template in ("commitment_letter", "receipt_of_materials", "acceptance_notice"):
        (kind,) = [kind for kind in DOCUMENTS if kind.template == template]
        assert len(rendered(kind.sample()).pages) == 1, template


@needs_engine
def test_rare_characters_and_the_yen_sign() -> None:
    document = replace(
        DecisionApprove.sample(),
        party=Party("镕堃喆㛃有限公司", "91340621MA2NXK8T4J"),
        facts=("罚款￥30000元已缴清。",),
    )
    text = text_of(rendered(document))
    assert "镕堃喆㛃有限公司" in text
    assert "¥30000元" in text
    assert "￥" not in text


@needs_engine
def test_a_character_without_glyph_is_refused() -> None:
    document = replace(CommitmentLetter.sample(), party=Party("\U0001f600公司"))
    with pytest.raises(MissingGlyphs):
        rendered(document)


@needs_engine
def test_a_persons_letter_does_not_speak_of_a_unit() -> None:
    text = text_of(rendered(replace(CommitmentLetter.sample(), party=Party("王堃", is_person=True))))
    assert "单位" not in text


@needs_engine
def test_watermark_stands_on_every_page() -> None:
    reader = rendered(DecisionApprove.sample(), watermark="样张")
    assert len(reader.pages) > 1
    for page in reader.pages:
        assert {"样", "张"} <= set(page.extract_text())


@needs_engine
def test_same_input_same_bytes() -> None:
    document = DecisionApprove.sample()
    first, second = (render_pdf(template=document.template, context=document.to_context()) for _ in range(2))
    assert first == second


@needs_engine
def test_markup_in_a_name_is_text() -> None:
    document = replace(CommitmentLetter.sample(), party=Party("<b>甲</b>&公司", "x"))
    assert "<b>甲</b>&公司" in text_of(rendered(document))


def test_templates_use_printable_characters_only() -> None:
    folder = Path(get_template("notices/base.html").origin.name).parent
    for path in folder.glob("*.html"):
        glyphs.check_text(path.read_text(encoding="utf-8"))


def test_only_our_files_are_ours(settings, tmp_path: Path) -> None:
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "link.svg").symlink_to("/etc/hostname")
    assert is_ours(glyphs.FONT_CHAIN[0].path.as_uri())
    assert is_ours((tmp_path / "static" / "mark.svg").as_uri())
    for url in (
        "http://localhost/mark.svg",
        "file:///etc/hostname",
        "file://server/etc/hostname",
        (tmp_path / "static").as_uri() + "/../secret.svg",
        (tmp_path / "static" / "link.svg").as_uri(),
        "data:text/plain,x",
    ):
        assert not is_ours(url), url


@needs_engine
@pytest.mark.parametrize(
    "url", ["http://localhost:9/x.png", "file:///etc/hostname", "data:image/png;base64,AA"]
)
def test_a_foreign_url_stops_the_document(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(render, "render_to_string", lambda name, context: f'<img src="{url}">')
    with pytest.raises(RenderingError, match="not ours"):
        render_pdf(template="base", context={})


def test_without_the_libraries_the_message_has_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_check, "missing_libraries", lambda: ("harfbuzz-subset",))
    with pytest.raises(PdfEngineMissing) as caught:
        engine_check.require_pdf_engine()
    assert "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in str(caught.value)
    assert caught.value.libraries == ("harfbuzz-subset",)


def test_weasyprint_is_not_imported_before_the_first_document() -> None:
    modules = "glyphs, render, engine_check, seal, contexts, dates"
    code = f"import sys; from credit_repair.notices import {modules}; sys.exit('weasyprint' in sys.modules)"
    root = Path(render.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
