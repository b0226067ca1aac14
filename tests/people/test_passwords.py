"""Which passwords are refused: those that somebody else would think of first, and no others."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from credit_repair.people.models import User
from credit_repair.people.passwords import common_words, words_of_this_site
from tests.registry.factories import make_code, make_resident_id


@pytest.fixture
def person() -> User:
    return User(username="zhouxiaomin", display_name="周小敏", email="xiaomin@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "13800000000",
        "138-0000-0000",
        make_resident_id(1),
        make_code(1),
        make_code(1).lower(),
        "password2026",
        "Password!!2026",
        "basketball1",
        "xinyong2026",
        "信用修复服务2026!!",
        "XinYongBan@123",
        "guanliyuan888",
        "zhouxiaomin1",
        "xiaomin@example.com",
        "aaaaaaaaaa",
        "short-one",
    ],
)
def test_what_is_guessed_first_is_refused(person: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, person)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "horsebatterystaple",
        "四月的雨落在淮河上面",
        "kqzvmwtrhx",
        "KQZVMWTRHX",
        "!?%&$§=)(/!?%&",
        "8203746510928374",
        "p" + "assphrase of sixty-four characters " * 2,
        "x7 " * 40,
    ],
    ids=["words", "no-blanks", "chinese", "small", "capitals", "signs", "digits", "sixty-four", "long"],
)
def test_any_kind_of_character_makes_a_password(person: User, password: str) -> None:
    validate_password(password, person)


def test_common_words_are_refused_with_digits_too_so_that_thousands_match_our_length(person: User) -> None:
    """Few of the common passwords are as long as ours must be: with digits behind them they are."""
    assert len(common_words()) > 9_000
    for word in sorted(common_words())[::500]:
        with pytest.raises(ValidationError):
            validate_password(f"{word}20262026", person)


def test_the_sites_own_name_and_host_are_among_the_words(settings) -> None:
    settings.SITE_NAME, settings.SITE_HOST_NAME = "濉溪修复", "suixi.example.gov.cn"
    assert {"濉溪修复", "suixi"} <= words_of_this_site()


@pytest.mark.django_db
def test_a_password_counts_exactly_as_it_was_typed() -> None:
    typed = "  Correct Horse Battery Staple ＡＢＣ " + "长" * 100
    user = User.objects.create_user("u", password=typed, display_name="某人")
    assert user.check_password(typed)
    for other in (typed.strip(), typed.lower(), typed[:72], typed + " "):
        assert not user.check_password(other)
