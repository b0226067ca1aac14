"""The two commands: what they answer, how they refuse, and that a bad line stops nothing."""

import json
import os
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from credit_repair.rules import cli, national_book, national_calendar

from .conftest import d

EXPLAIN = partial(cli.explain_rules, today=d("2026-11-20"), book=national_book())
WORKDAYS = partial(cli.workdays, calendar=national_calendar())


def asked(**request: Any) -> dict[str, Any]:
    return EXPLAIN({"decision_date": "2026-04-10", "penalties": "罚款"} | request)


def test_explain_rules():
    answer = asked(penalties="罚款;没收违法所得")
    assert list(answer) == [
        "rule_set",
        "class",
        "published",
        "min_until",
        "max_until",
        "repairable_from",
        "basis",
    ]
    basis = answer.pop("basis")
    assert answer == {
        "rule_set": "ndrc-36",
        "class": "general",
        "published": True,
        "min_until": "2026-07-10",
        "max_until": "2027-04-10",
        "repairable_from": "2026-07-11",
    }
    assert basis
    assert all(isinstance(text, str) for text in basis)


def test_explain_rules_says_what_is_not_verified():
    assert any(text.endswith("（依据尚待核实）") for text in asked(penalties="行政拘留")["basis"])


def test_as_of_is_the_day_of_filing():
    assert "2026年11月20日" in asked()["basis"][1]
    earlier = asked(decision_date="2025-04-10", as_of="2025-06-01")["basis"][1]
    assert "《失信行为纠正后的信用信息修复管理办法（试行）》" in earlier


@pytest.mark.parametrize(
    ("request_", "rule_set", "rule_class", "published", "minimum"),
    [
        ({"procedure": "simple"}, "ndrc-36", "minor", False, None),
        ({"authority_kind": "market", "procedure": "simple"}, "samr-107", "minor", True, None),
        ({"decision_date": "2025/04/10", "sector": "food"}, "ndrc-58", None, True, "2026-04-10"),
        ({"decision_date": "20250410", "penalties": "警告"}, "ndrc-58", None, False, None),
        ({"decision_date": "2025-04-10", "sector": "食品"}, "ndrc-58", None, True, "2026-04-10"),
        ({"decision_date": "2025-04-10", "sector": "none"}, "ndrc-58", None, True, "2025-07-10"),
        ({"decision_date": "2025-04-10", "sector": "fod"}, "ndrc-58", None, True, "2025-07-10"),
        ({"fine": "13.14"}, "ndrc-36", "general", True, "2026-07-10"),
        ({"fine": 13.14, "sector": None, "procedure": ""}, "ndrc-36", "general", True, "2026-07-10"),
    ],
)
def test_explain_rules_options(request_, rule_set, rule_class, published, minimum):
    answer = asked(**request_)
    found = (answer["rule_set"], answer["class"], answer["published"], answer["min_until"])
    assert found == (rule_set, rule_class, published, minimum)


def test_an_unknown_sector_is_pointed_out():
    assert any("“fod”不在规则的行业表里" in text for text in asked(sector="fod")["basis"])
    assert not any("行业表" in text for text in asked(sector="无")["basis"])


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"penalties": "表扬"}, "unknown_penalty_type"),
        ({"penalties": ""}, "missing_key"),
        ({"penalties": ["罚款"]}, "bad_text"),
        ({"decision_date": "2026-4-10"}, "bad_date"),
        ({"decision_date": 20260410}, "bad_text"),
        ({"decision_date": None}, "missing_key"),
        ({"decision_date": "9999-01-01"}, "bad_date"),
        ({"as_of": "soon"}, "bad_date"),
        ({"fine": "-1"}, "negative_fine"),
        ({"fine": "many"}, "bad_number"),
        ({"fine": "NaN"}, "bad_number"),
        ({"fine": True}, "bad_number"),
        ({"procedure": "quick"}, "bad_procedure"),
        ({"procedure": ["simple"]}, "bad_procedure"),
        ({"authority_kind": "army"}, "bad_authority_kind"),
        ({"sector": ["food"]}, "bad_text"),
        ({"sector": 1}, "bad_text"),
        ({"authority_kind": 1}, "bad_authority_kind"),
        ({"as_of": 20261120}, "bad_text"),
        ({"fine": [1]}, "bad_number"),
        ({"penalty": "罚款"}, "unknown_key"),
    ],
)
def test_explain_rules_refuses(request_, code):
    with pytest.raises(cli.BadInput) as caught:
        asked(**request_)
    assert caught.value.code == code
    assert str(caught.value)


def test_workdays():
    assert WORKDAYS({"from": "2026-09-30", "add": 3}) == {"due": "2026-10-10", "provisional": False}
    assert WORKDAYS({"from": "2026-12-30", "add": "5"})["provisional"] is True


@pytest.mark.parametrize("add", [-1, "-1", 1.5, "ten", True, "１", "99999999", "9999999", [3]])
def test_workdays_refuses_numbers(add):
    with pytest.raises(cli.BadInput) as caught:
        WORKDAYS({"from": "2026-09-30", "add": add})
    assert caught.value.code == "bad_number"


def test_workdays_refuses_the_rest():
    for request, code in (({"add": 3}, "missing_key"), ({"from": "x", "add": 3}, "bad_date")):
        with pytest.raises(cli.BadInput) as caught:
            WORKDAYS(request)
        assert caught.value.code == code


def test_batch_keeps_order_and_goes_on():
    lines = [
        b'\xef\xbb\xbf{"from": "2026-02-12", "add": 3}\n',
        b"nonsense\n",
        b"\n",
        b"[1]\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"from": "2026-02-12", "add": "x"}\n',
        b'{"from": "2026-02-12", "add": 7}',
    ]
    answers = [(json.loads(text), good) for text, good in cli.batch(lines, WORKDAYS)]
    assert [good for _, good in answers] == [True, *[False] * 6, True]
    assert answers[0][0]["due"] == "2026-02-24"
    assert answers[-1][0]["due"] == "2026-02-28"
    codes = ["bad_json", "bad_json", "bad_json", "bad_encoding", "bad_json", "bad_number"]
    assert [answer["error"] for answer, _ in answers[1:-1]] == codes
    assert "第2行" in answers[1][0]["message"]


def test_batch_of_rules(tmp_path):
    path = tmp_path / "requests.jsonl"
    path.write_text(
        '{"decision_date": "2026-04-10", "penalties": "罚款", "fine": 0.000001}\n'
        '{"decision_date": "2026-04-10", "penalties": "表扬"}\n',
        encoding="utf-8",
    )
    written: list[str] = []
    assert cli.answer_file(str(path), EXPLAIN, written.append) == [2]
    assert json.loads(written[0])["class"] == "general"
    assert json.loads(written[1])["error"] == "unknown_penalty_type"


def test_a_file_that_cannot_be_read():
    with pytest.raises(cli.BadInput) as caught:
        cli.answer_file("/nowhere/at/all", EXPLAIN, print)
    assert caught.value.code == "bad_file"


def test_texts_for_people():
    text = cli.explanation_text(asked())
    assert "失信等级：一般失信" in text
    assert "可以申请修复：自2026-07-11起" in text
    hidden = cli.explanation_text(asked(decision_date="2025-04-10", penalties="警告"))
    assert "本规则不分等级" in hidden
    assert "无需申请" in hidden
    assert cli.workdays_text({"due": "2026-10-10", "provisional": False}) == "到期日：2026-10-10"
    assert "暂定" in cli.workdays_text({"due": "2027-01-10", "provisional": True})


@pytest.mark.skipif(not settings.configured, reason="needs the site's settings")
class TestCommands:
    """The thin commands; pytest-django lets none of them near a database."""

    def run(self, *args: str) -> str:
        out = StringIO()
        call_command(*args, stdout=out)
        return out.getvalue()

    def test_explain_rules(self):
        answer = self.run("explain_rules", "--decision-date=2026-04-10", "--penalties=罚款", "--json")
        assert json.loads(answer)["repairable_from"] == "2026-07-11"
        assert "一般失信" in self.run("explain_rules", "--decision-date=2026-04-10", "--penalties=罚款")

    def test_workdays(self):
        assert (
            json.loads(self.run("workdays", "--from=2026-09-30", "--add=3", "--json"))["due"] == "2026-10-10"
        )
        assert "2026-10-10" in self.run("workdays", "--from=2026-09-30", "--add=3")

    def test_bad_input_ends_with_2(self):
        for args in (
            ("workdays", "--from=x", "--add=3"),
            ("workdays",),
            ("workdays", "--batch="),
            ("explain_rules", "--batch=/nowhere"),
            ("explain_rules", "--batch=/tmp"),
            ("explain_rules", "--decision-date=2026-04-10"),
            ("explain_rules", "--decision-date=2026-04-10", "--penalties=表扬"),
            ("explain_rules", "--batch=/nowhere", "--as-of=2026-11-20"),
        ):
            with pytest.raises(CommandError) as caught:
                self.run(*args)
            assert caught.value.returncode == 2

    def test_a_batch_and_a_question_do_not_go_together(self):
        with pytest.raises(CommandError, match="--batch"):
            self.run("workdays", "--batch=x", "--add=3")

    def test_the_sectors_are_listed(self):
        lines = self.run("explain_rules", "--sector=list").splitlines()
        assert "food\t食品" in lines
        assert len(lines) == len(national_book().sectors)

    def test_a_bad_line_ends_with_1(self, tmp_path):
        path, out = tmp_path / "lines", StringIO()
        path.write_text('{"from": "2026-09-30", "add": 3}\nx\n', encoding="utf-8")
        with pytest.raises(CommandError) as caught:
            call_command("workdays", f"--batch={path}", stdout=out)
        assert caught.value.returncode == 1
        assert "第2行" in str(caught.value)
        assert [list(json.loads(line)) for line in out.getvalue().splitlines()] == [
            ["due", "provisional"],
            ["error", "message"],
        ]

    def test_of_many_bad_lines_the_first_are_named(self, tmp_path):
        path = tmp_path / "lines"
        path.write_text("x\n" * 12, encoding="utf-8")
        with pytest.raises(CommandError, match="有 12 行无法作答：第1、2、3、4、5、6、7、8、9、10等行"):
            call_command("workdays", f"--batch={path}", stdout=StringIO())


@pytest.mark.parametrize(
    ("url", "command"),
    [
        (None, ["explain_rules", "--decision-date=2026-04-10", "--penalties=罚款", "--json"]),
        ("postgres://nobody@127.0.0.1:1/none", ["workdays", "--from=2026-09-30", "--add=3", "--json"]),
    ],
)
def test_no_database_is_asked_nor_made(tmp_path: Path, url: str | None, command: list[str]):
    """As on a machine where nothing was set up: no database file, or nobody at the server's address."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"VAR_DIR": str(tmp_path)} | ({"DATABASE_URL": url} if url else {})
    answer = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(answer.stdout)
    assert not list(tmp_path.rglob("*sqlite*"))
