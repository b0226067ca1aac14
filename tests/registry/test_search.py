"""What a typed text finds, and what it does not."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credit_repair.registry import search
from credit_repair.registry.models import FormerName
from credit_repair.registry.names import bare_name
from credit_repair.registry.search import search_subjects
from credit_repair.registry.selectors import search_records
from tests.registry.factories import RecordFactory, SubjectFactory, index_name

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["few", "many"], autouse=True)
def _either_way(request, monkeypatch):
    """Every answer is the same whether the rows are few and listed, or many and the text a condition."""
    if request.param == "many":
        monkeypatch.setattr(search, "FEW", 0)


def named(*names):
    return [SubjectFactory(name=name) for name in names]


def found(text):
    return [subject.name for subject in search_subjects(text)]


def numbers(text):
    return sorted(search_records(text=text).values_list("doc_no", flat=True))


class TestNames:
    def test_two_characters_in_the_middle_of_a_name(self):
        named("濉溪县华泰食品有限公司", "濉溪县泰华食品有限公司")
        assert found("华泰") == ["濉溪县华泰食品有限公司"]

    @pytest.mark.parametrize("text", ["濉", "泰", "司"])
    def test_one_character_first_inside_or_last(self, text):
        named("濉溪县华泰食品有限公司", "宿州市")
        assert found(text) == ["濉溪县华泰食品有限公司"]

    @pytest.mark.parametrize("text", ["ABC", "abc建材", "ＡＢＣ", "ｂｃ建", " AB C "])
    def test_width_case_and_blanks_make_no_difference(self, text):
        named("ＡＢＣ 建材", "AB建材")
        assert found(text) == ["ＡＢＣ 建材"]

    def test_a_former_name(self):
        (subject,) = named("濉溪县新名食品有限公司")
        SubjectFactory(name="濉溪县别家食品有限公司")
        before(subject, "濉溪县华泰商贸有限公司")
        assert found("华泰") == found("华泰商贸") == ["濉溪县新名食品有限公司"]

    def test_wildcards_of_the_database_are_plain_characters(self):
        named("百分%百商店", "百分之百商店", "下_划线")
        assert (found("分%百"), found("%"), found("_"), found("下_"), found("\\")) == (
            ["百分%百商店"],
            ["百分%百商店"],
            ["下_划线"],
            ["下_划线"],
            [],
        )

    @pytest.mark.parametrize("text", ["", "  ", "　"])
    def test_nothing_typed_finds_no_subject(self, text):
        named("濉溪县")
        assert found(text) == []


def before(subject, name):
    FormerName.objects.create(subject=subject, name=name, until="2026-01-05")
    index_name(subject, name)


def test_the_pairs_alone_do_not_make_a_name(monkeypatch):
    monkeypatch.setattr(search, "FEW", 5000)
    named("泰华华泰", "华泰华")
    assert found("华泰华") == ["华泰华"]


NAMES = st.text(alphabet="华泰濉溪aAａ（( %_", min_size=1, max_size=8).filter(bare_name)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True), data=st.data())
def test_every_part_of_a_name_finds_it_and_nothing_without_it(names, data):
    subjects = named(*names)
    try:
        whole = bare_name(data.draw(st.sampled_from(names)))
        first = data.draw(st.integers(0, max(len(whole) - 2, 0)))
        text = whole[first : data.draw(st.integers(min(first + 2, len(whole)), len(whole)))]
        answer, expected = set(found(text)), {name for name in names if text in bare_name(name)}
        assert answer == expected if search.FEW else answer >= expected
    finally:
        for subject in subjects:
            subject.delete()


class TestNaturalPersons:
    """Who reads a name masked must not learn it character by character."""

    @pytest.fixture
    def person(self):
        return SubjectFactory(person=True, name="周小敏")

    @pytest.mark.parametrize("text", ["周", "小", "敏", "周小", "小敏"])
    def test_a_part_of_the_name_does_not_find_them(self, person, text):
        RecordFactory(subject=person, doc_no="甲1号")
        named("濉溪县周小敏食品有限公司")
        assert found(text) == ["濉溪县周小敏食品有限公司"]
        assert numbers(text) == []

    @pytest.mark.parametrize("text", ["周小敏", " 周小敏 "])
    def test_the_whole_name_does(self, person, text):
        RecordFactory(subject=person, doc_no="甲1号")
        assert found(text) == ["周小敏"]
        assert numbers(text) == ["甲1号"]

    def test_a_former_name_is_found_whole_and_never_in_part(self, person):
        before(person, "周大敏子")
        assert found("周大敏子") == ["周小敏"]
        assert [found(part) for part in ("周大", "大敏子", "大")] == [[]] * 3

    def test_a_part_finds_those_whom_the_asker_sees_in_clear(self, person):
        mine = RecordFactory(subject=person)
        theirs = RecordFactory(subject=person)

        def own():
            return Q(authority=mine.authority)

        assert list(search_records(text="小敏", persons=own)) == [mine]
        assert set(search_records(text="周小敏", persons=own)) == {mine, theirs}
        assert list(search_subjects("小", persons=search.everybody)) == [person]


class TestCodesAndNumbers:
    def test_a_code_whole_or_as_it_begins_but_not_from_its_middle(self):
        subject, other = SubjectFactory(), SubjectFactory(sole_trader=True)
        code = subject.code
        assert found(code) == found(f" {code.lower()} ") == found(code[:8]) == [subject.name]
        assert found(code[2:]) == []
        assert found(other.code[:6]) == [other.name]
        assert found(code[:5]) == []

    def test_a_personal_number_whole_and_never_in_part(self):
        person = SubjectFactory(person=True, name="张小三")
        number = person.personal_number
        assert found(number) == found(f" {number.lower()} ") == [person.name]
        assert [found(part) for part in (number[:-1], number[1:], number[:6], person.number_hash[:20])] == [
            []
        ] * 4

    def test_a_record_is_not_found_by_the_hash_in_its_key(self):
        record = RecordFactory(subject=SubjectFactory(person=True))
        hash_part = record.subject.number_hash[:8]
        assert numbers(hash_part) == numbers(f"|{hash_part}") == []
        assert numbers(record.authority.code) == []


class TestDocumentNumbers:
    @pytest.fixture(autouse=True)
    def _records(self):
        for number in ("（濉）交罚〔2026〕12号", "（濉）交罚〔2026〕112号", "濉市监罚字[2025]第7_%号", ""):
            # The counting names of the factory would have a 12 in them now and then.
            RecordFactory(doc_no=number, subject=SubjectFactory(name="濉溪县华泰食品有限公司"))

    @pytest.mark.parametrize(
        "text",
        [
            "（濉）交罚〔2026〕12号",
            "(濉)交罚[2026]12号",
            "（濉）交罚【2026】12号",
            "（濉） 交罚 〔２０２６〕１２号",
            "〕12号",
        ],
    )
    def test_brackets_width_and_blanks_make_no_difference(self, text):
        assert numbers(text) == ["（濉）交罚〔2026〕12号"]

    @pytest.mark.parametrize("text", ["（濉）交罚", "〔2026〕", "12号", "交罚〔2026〕1", "12"])
    def test_a_part(self, text):
        assert numbers(text) == ["（濉）交罚〔2026〕112号", "（濉）交罚〔2026〕12号"]

    def test_wildcards_of_the_database_are_plain_characters(self):
        assert numbers("7_%号") == ["濉市监罚字[2025]第7_%号"]
        assert numbers("2026_") == numbers("交罚%12号") == numbers("濉%") == []


def test_records_of_a_subject_and_of_a_number_come_together():
    by_name = RecordFactory(subject__name="2026华泰", doc_no="甲1号")
    by_number = RecordFactory(subject__name="别家", doc_no="乙〔2026〕2号")
    RecordFactory(subject__name="又一家", doc_no="丙3号")
    assert set(search_records(text="2026")) == {by_name, by_number}


@pytest.mark.parametrize(
    "text", ["华泰", "濉溪县华泰食品有限公司", "913406211234", "（濉）交罚〔2026〕12号", "12", "长" * 200]
)
def test_a_search_asks_a_fixed_number_of_queries(text):
    asked = set()
    for _round in range(2):
        RecordFactory.create_batch(4)
        with CaptureQueriesContext(connection) as captured:
            list(search_records(text=text))
        asked.add(len(captured))
    assert max(asked) <= 8
