"""The benchmark of notices runs, on little, so that it cannot rot; no time is asserted."""

import pytest

from credit_repair.notices.engine_check import INSTALL_COMMAND, missing_libraries
from tests.benchmarks import notice_benchmark

pytestmark = pytest.mark.skipif(
    bool(missing_libraries()), reason=f"PDF ENGINE MISSING {missing_libraries()}: {INSTALL_COMMAND}"
)


class TestNotices:
    def test_memory_is_read_after_each_part_of_the_work(self) -> None:
        assert [done for done, _mb in notice_benchmark.memory(5)] == [1, 2, 3, 4, 5]

    def test_typst_says_the_paragraphs_of_our_template(self) -> None:
        from tests.notices.reading import text_of

        document = notice_benchmark.notice(12)
        facts = notice_benchmark.facts_of(document)
        ours = text_of(document)
        for said in (facts["addressee"], *facts["paragraphs"], facts["day"], facts["check"]):
            assert said.replace(" ", "") in ours

    def test_it_says_loudly_that_typst_is_not_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        line = [1.0, 1.0]
        figures = {
            "milliseconds": {"ours": line, "plain": line},
            "processor": {"ours": 1.0},
            "bytes": {"ours": 1024, "plain": 1024},
            "times_typst": None,
            "times_faster_than_plain": 2.5,
            "times_faster_than_plain_kept": 2.4,
            "memory": [],
            "two_processes": None,
        }
        notice_benchmark.show(figures)
        printed = capsys.readouterr().out
        assert "TYPST IS NOT INSTALLED" in printed
