"""What anybody may read holds no number of a person, however it is written."""

import pytest

from credit_repair.notices import ending
from credit_repair.notices.check_presenters import facts
from credit_repair.notices.public_words import masked, refusal
from credit_repair.notices.verification import said_of
from tests.notices.test_services import issue
from tests.registry.factories import OfficeFactory
from tests.world import TODAY

#: What the officials may write; its numbers are an organisation's, a document's, a day's or an office's.
HARMLESS = [
    "濉信修〔2026〕12号，2026-11-20至2026-12-20，30日内领取",
    "统一社会信用代码：91340621MA2TXXXX3K",
    "电话：0561-6077777，传真（0561）6077778",
    "2026.11.20 9:00—17:30，工业路8号1-3楼",
]


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "138 0013 8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "008613800138000",
        "0086-138-0013-8000",
        "138—0013—8000",
        "138–0013–8000",
        "138‑0013‑8000",
        "138−0013−8000",
        "138.0013.8000",
        "138·0013·8000",
        "138_0013_8000",
        "(138)00138000",
        "（１３８）００１３８０００",
        "138\u200b0013\u200b8000",
        "138\ufeff0013\u20608000",
        "2026-11-20 13800138000",
        "91340621 138 0013 8000",
    ],
)
def test_a_mobile_number_is_found_however_it_is_written(number: str) -> None:
    assert "手机号码" in refusal(f"请致电{number}。")
    assert refusal(f"请致电{number}。", known="电话：13800138000") == "", "the office's own may stand"


@pytest.mark.parametrize(
    "number",
    [
        "34062119800101001X",
        "340621 19800101 001X",
        "340621—19800101—0012",
        "340621.1980.0101.0012",
        "340621\u200b19800101\u200b001Ｘ",
        "（340621）（19800101）（0012）",
        "340621800101001",
        "340621 800101 001",
        "2026 340621 19800101 0012 13800138000",
    ],
)
def test_an_identity_number_is_found_and_masked_however_it_is_written(number: str) -> None:
    assert "身份证号码" in refusal(f"周小敏（{number}）请来领取。")
    shown = masked(f"周小敏（{number}），请来领取。")
    assert "0101" not in shown and "3406************" in shown
    assert shown.startswith("周小敏（") and shown.endswith("，请来领取。")


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_may_stand_as_they_are(text: str) -> None:
    assert refusal(text) == ""
    assert masked(text) == text


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["周小敏340621 19800101 001X填错", "请致电138.0013.8000"])
def test_the_reason_for_an_end_holds_no_number_of_a_person(why: str) -> None:
    document = issue(OfficeFactory(document_prefix="濉信修"))
    with pytest.raises(ending.CannotEnd, match="任何人都可以看到"):
        ending.revoke(document=document, why=why, actor=None, today=TODAY)
    document.refresh_from_db()
    assert document.standing == "valid"


@pytest.mark.django_db
def test_what_was_written_before_is_masked_on_the_page_of_the_check() -> None:
    document = issue(OfficeFactory(document_prefix="濉信修"))
    ending.revoke(document=document, why="有误", actor=None, today=TODAY)
    document.refresh_from_db()
    document.ended_why = "周小敏34062119800101001X填错"
    shown = {each["key"]: each["value"] for each in facts(said_of(document, on=TODAY))}
    assert shown["失效原因"] == "周小敏3406************1X填错"
