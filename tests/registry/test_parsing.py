import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_repair.registry.importing.parsing import is_credit_code, is_resident_id, read_amount, read_date
from tests.registry.factories import make_code, make_resident_id


@given(st.dates(), st.sampled_from(["%Y/%m/%d", "%Y-%m-%d", "%Y%m%d"]))
def test_a_date_in_one_of_the_three_forms_is_read_as_it_is(day, form):
    # strftime leaves out leading zeros of early years on some systems
    text = day.strftime(form).rjust(len("20260131") + form.count("/") + form.count("-"), "0")
    assert read_date(text) == day
    assert read_date(f" {text}\t") == day
    assert read_date(day) == day


@given(st.text(alphabet=string.digits + "/-.年月日 ", max_size=12))
def test_what_is_read_as_a_date_was_written_in_one_of_the_three_forms(text):
    try:
        day = read_date(text)
    except ValueError:
        return
    if day is None:
        assert text == ""
    else:
        forms = {f"{day:%Y/%m/%d}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}"}
        assert text.strip().lstrip("0") in {form.lstrip("0") for form in forms}


@pytest.mark.parametrize(
    "text",
    [
        "2026/1/31",
        "2026.01.31",
        "2026-02-30",
        "20261301",
        "2026年1月31日",
        "２０２６/01/31",
        "2026/01-31",
        "45000",
    ],
)
def test_other_forms_are_no_dates(text):
    with pytest.raises(ValueError):
        read_date(text)


@given(st.decimals(min_value=-999_999_999, max_value=999_999_999, places=6))
def test_an_amount_with_six_places_comes_through_whole(amount):
    assert read_amount(format(amount, "f")) == amount


@given(st.decimals(min_value=0, max_value=1000, places=9))
def test_more_places_are_rounded_to_a_fen(amount):
    read = read_amount(format(amount, "f"))
    assert abs(read - amount) <= Decimal("0.0000005")
    assert read.as_tuple().exponent == -6


@given(st.text(max_size=20))
def test_no_text_makes_the_reader_of_amounts_fail_in_another_way(text):
    try:
        amount = read_amount(text)
    except ValueError:
        return
    assert amount is None or amount.is_finite()


@pytest.mark.parametrize(
    "text", ["一万", "1,000", "1e5", "NaN", "Infinity", "1.5万", "0x10", "1234567890", "."]
)
def test_what_is_no_plain_number_is_no_amount(text):
    with pytest.raises(ValueError):
        read_amount(text)


@pytest.mark.parametrize(
    "code", ["914403001922038216", "9144030071526726XG", "91330100799655058B", "91350100M000100Y43"]
)
def test_codes_of_the_rules_are_valid(code):
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y4Z", "91310115MA1H8R7C6D", "", "9144 0300 1922 0382 16", "9"]
)
def test_other_codes_are_not(code):
    assert not is_credit_code(code)


@given(st.integers(min_value=0, max_value=10**9 - 1), st.sampled_from(["11", "91", "92"]))
def test_a_code_with_its_check_character_is_valid_and_with_another_is_not(n, prefix):
    code = make_code(n, prefix=prefix)
    assert is_credit_code(code)
    assert not is_credit_code(code[:-1] + ("0" if code[-1] != "0" else "1"))


@pytest.mark.parametrize("division", ["341302", "340402", "370321", "999999"])
def test_the_district_of_a_resident_id_does_not_count(division):
    assert is_resident_id(make_resident_id(7, division=division))


@pytest.mark.parametrize(
    "number",
    [
        make_resident_id(7, birth="19900230"),
        make_resident_id(7)[:-1] + ("0" if make_resident_id(7)[-1] != "0" else "1"),
        make_resident_id(7)[:-1],
        "340621900307007",
        "E12345678",
        "",
    ],
)
def test_length_birth_date_and_check_character_do(number):
    assert not is_resident_id(number)


def test_a_small_x_is_an_x():
    number = next(n for n in map(make_resident_id, range(1000)) if n.endswith("X"))
    assert is_resident_id(number.lower())


def test_an_empty_cell_is_nothing():
    assert read_date("") is None
    assert read_amount("") is None
    assert read_date(date(2026, 1, 31)) == date(2026, 1, 31)
