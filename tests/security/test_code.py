"""What the code never does: each test reads the source, so that a slip is found where it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = sorted(
    file
    for package in ("credit_repair", "standin")
    for file in (ROOT / package).rglob("*.py")
    if "migrations" not in file.parts
)
PAGES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "credit_repair").rglob("static/**/*.js"))

#: Calls that run or revive what they are given.
RUNNING = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "marshal.loads", "shelve.open"}
REVIVING = {"pickle.load", "pickle.loads", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
#: The rows of a table, kept aside by the object that reads them again; no byte of them comes from outside.
MAY_REVIVE = {"credit_repair/registry/importing/reader.py"}
#: Whether the keys of the inbox are on, a setting of one browser that says nothing of anybody.
MAY_KEEP = {"localStorage": {"credit_repair/home/static/desk/inbox.js"}}
#: What is marked as safe is made by our own code from escaped parts; each place was looked at.
MAY_MARK_SAFE = {
    "credit_repair/home/presenters.py",
    "credit_repair/home/templatetags/desk.py",
    "credit_repair/notices/bases.py",
}
#: Makes patterns of the code's own sentences, each part escaped.
MAY_BUILD_PATTERNS = {"credit_repair/registry/law_words.py"}
#: Spreads retries over time; nothing is kept secret by it.
MAY_BE_RANDOM = {
    "credit_repair/platforms/outcomes.py",
    "credit_repair/platforms/flow.py",
    "standin/script.py",  # plays faults
}
WEAK = {"md5", "sha1", "DES", "TripleDES", "ARC4", "Blowfish", "ECB", "PKCS1v15"}
#: Names of tables and pragmas, counts of places, whole numbers: nothing that somebody has typed.
MAY_STAND_IN_SQL = {
    "name",
    "names",
    "table",
    "into",
    "places",
    "columns",
    "int(value)",
    "marks",
    "updates",
    "len(STEPS)",
}
REQUESTING = {
    "httpx",
    "requests",
    "urllib.request",
    "http.client",
    "smtplib",
    "ftplib",
    "socket",
    "ldap",
    "pymemcache",
    "clamav_client.clamd",
}
#: The one transport to platforms, the one way to the providers of single sign-on, and the virus scanner.
MAY_REQUEST = {
    "credit_repair/platforms/transports/http.py",
    "credit_repair/platforms/transports/clients.py",  # makes the clients of the former
    "credit_repair/platforms/transports/deadlines.py",  # ends their answers in time
    "credit_repair/people/openid.py",
    "credit_repair/core/files/scanning.py",
    "credit_repair/notices/signing.py",
}
#: The reader of files from outside, in a process of its own that knows no secret.
MAY_START = {"credit_repair/cases/inspecting/process.py"}
#: Names of exceptions alone.
MAY_CATCH = {"credit_repair/people/views/single_sign_on.py"}


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in CODE:
        yield place(file), ast.parse(file.read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for where, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield where, node, ast.unparse(node.func)


def imports() -> Iterator[tuple[str, str]]:
    for where, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((where, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((where, f"{node.module}.{name.name}") for name in node.names)
                yield where, node.module


def test_nothing_that_comes_in_is_run_or_revived() -> None:
    assert len(CODE) > 100, "the source was found"
    assert [(where, name) for where, _call, name in calls() if name in RUNNING] == []
    assert {where for where, _call, name in calls() if name in REVIVING} <= MAY_REVIVE


def test_no_command_goes_through_a_shell() -> None:
    assert [
        where
        for where, call, _name in calls()
        for keyword in call.keywords
        if keyword.arg == "shell"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ] == []
    outside_the_demo = {where for where, name in imports() if name.split(".")[0] == "subprocess"}
    started = {where for where in outside_the_demo if not where.startswith("credit_repair/demo/")}
    assert started == MAY_START


def test_no_question_to_the_database_is_put_together_from_values() -> None:
    """raw(), extra() and RawSQL are not used at all; execute() is given no text with values in it."""
    assert [(w, n) for w, _c, n in calls() if n.rpartition(".")[2] in {"raw", "extra", "RawSQL"}] == []
    for where, call, name in calls():
        if name.endswith(".execute") and call.args:
            asked = call.args[0]
            values = [part.value for part in ast.walk(asked) if isinstance(part, ast.FormattedValue)]
            assert {ast.unparse(value) for value in values} <= MAY_STAND_IN_SQL, where


def test_what_is_marked_as_safe_is_made_by_us() -> None:
    assert {where for where, _call, name in calls() if name.endswith("mark_safe")} <= MAY_MARK_SAFE
    slips = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")
    assert [place(file) for file in PAGES if slips.search(file.read_text(encoding="utf-8"))] == []


def test_no_template_is_made_from_a_text() -> None:
    made = {"Template", "from_string", "template.Template", "Engine.from_string"}
    assert [where for where, _call, name in calls() if name in made or name.endswith(".from_string")] == []


def test_no_pattern_or_format_is_taken_from_a_value() -> None:
    """Patterns are constants; a format string is the code's or a translation, never what somebody typed."""
    for where, call, name in calls():
        if name in {
            "re.compile",
            "re.search",
            "re.match",
            "re.fullmatch",
            "re.sub",
            "re.split",
            "re.findall",
        }:
            pattern = call.args[0]
            constant = isinstance(
                pattern, ast.Constant | ast.JoinedStr | ast.BinOp
            ) or "re.escape" in ast.unparse(pattern)
            known = constant or ast.unparse(pattern).strip("_").isupper() or where in MAY_BUILD_PATTERNS
            assert known, f"{where}: {ast.unparse(call)}"
        assert not name.endswith("format_map"), where


def test_chance_that_must_not_be_guessed_comes_from_the_system() -> None:
    assert {where for where, name in imports() if name.split(".")[0] == "random"} <= MAY_BE_RANDOM
    assert [where for where, _call, name in calls() if name in {"uuid.uuid1", "uuid1"}] == []


def test_no_weak_algorithm_is_named() -> None:
    found = [
        (where, node.attr if isinstance(node, ast.Attribute) else node.id)
        for where, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in WEAK)
        or (isinstance(node, ast.Name) and node.id in WEAK)
    ]
    assert found == []


def test_who_may_call_out_is_known() -> None:
    """One transport calls platforms; mail goes through Django, single sign-on through allauth."""
    found = {
        where
        for where, name in imports()
        if name in REQUESTING or name.split(".")[0] in {"httpx", "requests"}
    }
    ours = {
        where
        for where in found
        if where.startswith("credit_repair/") and not where.startswith("credit_repair/demo/")
    }
    assert ours <= MAY_REQUEST | MAY_CATCH
    caught = {name for where, name in imports() if where in MAY_CATCH and name.split(".")[0] in REQUESTING}
    assert caught <= {"requests", "requests.RequestException"}


def test_certificates_are_always_looked_at() -> None:
    assert [
        where
        for where, call, _name in calls()
        for keyword in call.keywords
        if keyword.arg in {"verify", "check_hostname"} and ast.unparse(keyword.value) == "False"
    ] == []
    assert [where for where, _call, name in calls() if name.endswith("_create_unverified_context")] == []


def test_no_form_takes_every_field_of_a_row() -> None:
    """A form names its fields: what it does not name cannot be set through it."""
    open_forms = []
    for where, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                for line in node.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "fields":
                        open_forms += [where] if ast.unparse(line.value) in {"'__all__'", '"__all__"'} else []
    assert open_forms == []


def test_address_and_form_are_never_one() -> None:
    """No view reads a value from wherever it comes: request.GET is the address, request.POST the form."""
    mixed = re.compile(
        r"request\.REQUEST|GET\s*\|\s*\S*POST|POST\s*\|\s*\S*GET|POST\.get\([^)]*GET|GET\.get\([^)]*POST"
    )
    assert [place(file) for file in CODE if mixed.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "slip",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "postMessage",
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "__proto__",
        "WebSocket",
    ],
)
def test_our_scripts_write_text_and_keep_nothing(slip: str) -> None:
    assert SCRIPTS, "the scripts were found"
    found = {place(file) for file in SCRIPTS if slip in file.read_text(encoding="utf-8")}
    assert found <= MAY_KEEP.get(slip, set())


def test_pages_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(
        r"""<(?:script|link|img|iframe|form)[^>]+(?:src|href|action)=["']?(?:https?:)?//""", re.I
    )
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=[\"']|\sstyle=[\"']|javascript:", re.I)
    for file in PAGES:
        if "notices" in file.parts:
            continue  # documents, set into PDF by us; no browser reads them
        text = file.read_text(encoding="utf-8")
        assert not foreign.search(text), place(file)
        assert not inline.search(text), place(file)


def test_no_key_lies_in_the_repository() -> None:
    """The demo's own key and password are known on purpose, and web and workers refuse to start with them."""
    shapes = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30}|xox[bp]-[0-9A-Za-z-]{20}"
    )
    files = [
        *CODE,
        *PAGES,
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "requirements").glob("*"),
        ROOT / "Makefile",
    ]
    assert [place(file) for file in files if shapes.search(file.read_text(encoding="utf-8"))] == []
    known = re.compile(r"^[A-Z_]*(?:PASSWORD|SECRET|KEY)[A-Z_]*\s*=\s*[\"'][^\"']+[\"']", re.M)
    source = (ROOT / "credit_repair" / "settings.py").read_text(encoding="utf-8")
    assert {found.split("=")[0].strip() for found in known.findall(source)} == {
        "INSECURE_SECRET_KEY",
        "DEMO_PASSWORD",
    }


def test_every_package_is_pinned_by_its_hash_and_from_one_place() -> None:
    for name in ("base", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        packages = [
            block for block in re.split(r"\n(?=[a-zA-Z0-9])", text) if re.match(r"[a-zA-Z0-9]", block)
        ]
        assert len(packages) > 30
        for block in packages:
            first = block.splitlines()[0]
            assert "==" in first and "--hash=sha256:" in block, first
        assert not re.search(
            r"^--?(?:extra-)?index-url|^--find-links|git\+|https?://[^\s#]*\.(?:whl|tar)", text, re.M
        )
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--require-hashes" in makefile and "--index-url" not in makefile
