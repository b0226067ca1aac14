"""The check of the English texts finds what it is there to find, and the libraries speak Chinese."""

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import django
import polib
import pytest
from django.conf import settings
from django.utils import translation

CHINESE = re.compile(r"[㐀-鿿]")
#: English texts of Django's that are nothing to read: formats, and symbols that both languages share.
SHARED = re.compile(
    r"^[\W\d]*$|^[A-Za-z]{1,2}[ /.:,\-]|^(?:UUID|URL|JSON|IPv[46].*|%\(.*|\{.*|<.*)$|^%s [KMGTP]B$|P$|\bYmd\b"
)


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """The tool itself, which is a program and no package."""
    path = Path(settings.BASE_DIR) / "tools" / "messages.py"
    spec = importlib.util.spec_from_file_location("tools_messages", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    made = polib.POFile()
    made.extend(entries)
    return made


def entry(msgid: str, msgstr: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


FAULTS = [
    ("missing", entry("提交"), None),
    ("no English", entry("提交"), entry("提交")),
    ("fuzzy", entry("提交"), entry("提交", "Submit", flags=["fuzzy"])),
    ("obsolete", None, entry("提交", "Submit")),
    ("obsolete", None, entry("提交", "Submit", obsolete=True)),
    ("other placeholders", entry("共%(n)s条"), entry("共%(n)s条", "%(m)s in all")),
    ("other placeholders", entry("自%s起"), entry("自%s起", "from then on")),
    ("other tags", entry("<b>注意</b>"), entry("<b>注意</b>", "<i>Mind</i>")),
    ("Chinese in the English", entry("提交"), entry("提交", "Submit 提交")),
    ("Chinese in the English", entry("提交，保存"), entry("提交，保存", "Submit，save")),
    ("missing: the plural", entry("%d天", msgid_plural="%d天"), entry("%d天", "%d days")),
    (
        "no English",
        entry("%d天", msgid_plural="%d天"),
        entry("%d天", msgid_plural="%d天", msgstr_plural={0: "%d day", 1: ""}),
    ),
]


@pytest.mark.parametrize(("what", "code", "kept"), FAULTS)
def test_each_fault_of_a_catalogue_is_named(
    messages: ModuleType, what: str, code: polib.POEntry | None, kept: polib.POEntry | None
) -> None:
    found = list(messages.faults(catalogue(*filter(None, [code])), catalogue(*filter(None, [kept]))))
    assert len(found) == 1
    assert found[0].startswith(what)
    assert (code or kept).msgid in found[0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "good",
    [
        entry("共%(n)s条", "%(n)s in all"),
        entry("依《信用修复管理办法》", "Under 《信用修复管理办法》"),
        entry("如“濉信修”", "Such as “濉信修”"),
        entry("写成{编号}的样子", "Write it like {编号}"),
        entry("%d天", msgid_plural="%d天", msgstr_plural={0: "%d day", 1: "%d days"}),
        entry("取消", "Cancel", msgctxt="button"),
    ],
)
def test_a_good_text_passes(messages: ModuleType, good: polib.POEntry) -> None:
    assert list(messages.faults(catalogue(good), catalogue(good))) == []


def test_a_text_keeps_its_english_and_a_changed_one_loses_it(messages: ModuleType) -> None:
    code = catalogue(entry("提交"), entry("保存并继续"), entry("取消", msgctxt="button"))
    old = catalogue(entry("提交", "Submit"), entry("保存", "Save"))
    made = messages.merged(code, old, {"button|||取消": "Cancel"})

    assert [(each.msgid, each.msgstr) for each in made] == [
        ("提交", "Submit"),
        ("保存并继续", ""),
        ("取消", "Cancel"),
    ]
    assert messages.todo(made) == {"保存并继续": ""}


def test_a_compiled_catalogue_that_is_behind_its_texts_is_named(messages: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    made = catalogue(entry("提交", "Submit"))
    made.save(str(path))
    path.with_suffix(".mo").write_bytes(messages.compiled(messages.kept(path)))
    assert list(messages.stale([path])) == []

    made.append(entry("保存", "Save"))
    made.save(str(path))
    assert len(list(messages.stale([path]))) == 1


def test_every_name_that_the_code_gives_gettext_is_read(messages: ModuleType) -> None:
    known = {"_", *messages.ALIASES}
    source = "\n".join(path.read_text() for path in (settings.BASE_DIR / "credit_repair").rglob("*.py"))
    assert set(re.findall(r"import n?p?gettext\w* as (\w+)", source)) <= known


def test_what_is_said_within_an_f_string_is_in_the_catalogue(messages: ModuleType) -> None:
    """The extraction does not see it there, unless it is said elsewhere too: it would stay Chinese."""
    known = {entry.msgid for entry in messages.kept()}
    sources = [path.read_text() for path in (settings.BASE_DIR / "credit_repair").rglob("*.py")]
    called = [
        call.args[0]
        for source in sources
        if "{_(" in source
        for part in ast.walk(ast.parse(source))
        if isinstance(part, ast.JoinedStr)
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_"
    ]
    said = {text.value for text in called if isinstance(text, ast.Constant)}
    assert said
    assert said <= known


@pytest.mark.parametrize("part", ["conf", "contrib/auth", "contrib/admin"])
def test_what_django_says_it_says_in_chinese(part: str) -> None:
    texts = polib.pofile(f"{Path(django.__file__).parent}/{part}/locale/en/LC_MESSAGES/django.po")
    with translation.override("zh-hans"):
        left = [
            each.msgid
            for each in texts
            if not SHARED.search(each.msgid)
            and each.msgid.count(" ") + each.msgid.count("\n") > 0
            and not CHINESE.search(
                translation.npgettext(each.msgctxt, each.msgid, each.msgid_plural, 2)
                if each.msgctxt and each.msgid_plural
                else translation.pgettext(each.msgctxt, each.msgid)
                if each.msgctxt
                else translation.ngettext(each.msgid, each.msgid_plural, 2)
                if each.msgid_plural
                else translation.gettext(each.msgid)
            )
        ]
    assert left == []
