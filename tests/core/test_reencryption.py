"""Columns under an old key are written anew, so that the key can go, whatever happens in between."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection
from django.db.models import F, TextField
from django.db.models.functions import Cast

from credit_repair.core import crypto, reencryption
from credit_repair.core.fields import EncryptedTextField
from credit_repair.platforms.models import Channel
from credit_repair.registry.models import Platform, Subject
from tests.registry.factories import PlatformFactory, SubjectFactory

pytestmark = pytest.mark.django_db

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def written(settings):
    """Platforms, a person and a second factor, written when OLD was the only key; NEW is in front now."""
    settings.FIELD_KEYS = [OLD]
    for number in range(5):
        PlatformFactory(secret=f"secret-{number}")
    PlatformFactory(secret="")
    Channel.objects.create(platform=Platform.objects.first(), former_secret="former")
    SubjectFactory(person=True)
    settings.FIELD_KEYS = [NEW, OLD]
    return settings


def tokens(model, column):
    return list(
        model.objects.annotate(raw=Cast(F(column), TextField())).exclude(raw="").values_list("raw", flat=True)
    )


def secrets():
    return list(Platform.objects.order_by("pk").values_list("secret", flat=True))


def test_afterwards_the_old_key_can_go(written):
    number = Subject.objects.get().personal_number
    done = reencryption.write_anew()
    assert (done.anew, done.unreadable) == (7, [])
    written.FIELD_KEYS = [NEW]
    assert secrets() == [*(f"secret-{n}" for n in range(5)), ""]
    assert Channel.objects.get().former_secret == "former"
    assert Subject.objects.get().personal_number == number


def test_the_second_run_has_nothing_to_do(written):
    reencryption.write_anew()
    before = tokens(Platform, "secret")
    done = reencryption.write_anew()
    assert (done.anew, done.already) == (0, 7)
    assert tokens(Platform, "secret") == before


@pytest.mark.parametrize("after", range(6))
def test_cut_off_anywhere_it_goes_on(written, monkeypatch, after):
    monkeypatch.setattr(reencryption, "PORTION", 2)
    real, calls = reencryption._write, iter(range(1000))

    def cut(*args):
        if next(calls) == after:
            raise KeyboardInterrupt
        real(*args)

    with monkeypatch.context() as patched:
        patched.setattr(reencryption, "_write", cut)
        with pytest.raises(KeyboardInterrupt):
            reencryption.write_anew()
    assert secrets()[:5] == [f"secret-{n}" for n in range(5)]
    reencryption.write_anew()
    assert all(crypto.is_newest(token) for token in tokens(Platform, "secret"))


def test_what_changes_meanwhile_is_not_overwritten(written, monkeypatch):
    real = reencryption._anew

    def meanwhile(token):
        Platform.objects.update(secret="changed")
        return real(token)

    monkeypatch.setattr(reencryption, "_anew", meanwhile)
    reencryption.write_anew()
    assert set(secrets()) == {"changed"}


def test_what_no_key_reads_is_named_and_left_alone(written, capsys):
    lost = Platform.objects.first()
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_platform SET secret = %s WHERE id = %s", [foreign, lost.pk])
    with pytest.raises(SystemExit):
        call_command("reencrypt")
    said = capsys.readouterr()
    assert f"registry.Platform.secret {lost.pk}" in said.err
    assert "重新加密 6 项" in said.out
    assert foreign in tokens(Platform, "secret")


def test_the_command_says_when_the_old_key_can_go(written, capsys):
    call_command("reencrypt")
    assert "旧密钥已经不再需要" in capsys.readouterr().out


def test_second_factors_are_written_anew(settings, django_user_model):
    settings.FIELD_KEYS = [OLD]
    user = django_user_model.objects.create_user("clerk")
    sealed = crypto.box().encrypt(b"seed").decode()
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed, "used_mask": 0})
    settings.FIELD_KEYS = [NEW, OLD]
    assert reencryption.write_anew().anew == 1
    settings.FIELD_KEYS = [NEW]
    data = Authenticator.objects.get().data
    assert crypto.box().decrypt(data["secret"].encode()) == b"seed"
    assert data["used_mask"] == 0
    with pytest.raises(InvalidToken):
        Fernet(OLD).decrypt(data["secret"].encode())


def test_no_encrypted_column_is_left_out():
    columns = {
        f"{model._meta.label}.{column.attname}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.get_fields()
        if isinstance(column, EncryptedTextField)
    }
    found = {str(place) for place in reencryption.places()}
    assert columns | {"mfa.Authenticator.data", "notices.Document.context"} == found
    assert len(columns) > 8


def test_nothing_else_in_the_code_encrypts():
    """Whoever encrypts in a new place says so to `holds_encrypted`, or the old keys can never go."""
    package = Path(site.BASE_DIR) / "credit_repair"
    using = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bbox\(\)\.encrypt", path.read_text(encoding="utf-8"))
    }
    assert using == {"core/fields.py", "notices/enquiries.py", "people/adapters.py"}
