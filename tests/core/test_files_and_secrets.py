"""Columns encrypted at rest, and what may come in as a file."""

import io

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from credit_repair.core import crypto
from credit_repair.core.uploads import UploadRefused, check_evidence
from credit_repair.registry.models import Platform, Subject
from tests.registry.factories import PlatformFactory, SubjectFactory, make_resident_id
from tests.world import PDF, PNG


def _jpeg() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "JPEG")
    return picture.getvalue()


JPEG = _jpeg()


def stored(model: type, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table}")  # type: ignore[attr-defined]  # noqa: S608
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_secret_lies_encrypted_and_is_read_in_clear() -> None:
    platform = PlatformFactory(secret="平台密钥")
    raw = stored(Platform, "secret")
    assert "平台密钥" not in raw and raw.startswith("gAAAA")
    assert Platform.objects.get(pk=platform.pk).secret == "平台密钥"
    assert Platform.objects.filter(pk=platform.pk).values_list("secret", flat=True)[0] == "平台密钥"


@pytest.mark.django_db
def test_an_empty_text_stays_empty() -> None:
    PlatformFactory(secret="")
    assert stored(Platform, "secret") == ""


@pytest.mark.django_db
def test_a_person_is_found_by_the_hash_of_a_number_that_is_nowhere_readable() -> None:
    person = SubjectFactory(person=True)
    assert person.personal_number not in stored(Subject, "personal_number")
    assert Subject.objects.get(number_hash=crypto.keyed_hash(f" {person.personal_number.lower()} ")) == person


def test_keys_rotate_without_losing_what_was_written(settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    written, found = crypto.box().encrypt(b"x"), crypto.keyed_hash("x")
    settings.FIELD_KEYS = [new, old]
    assert crypto.box().decrypt(written) == b"x"
    assert crypto.keyed_hash("x") == found, "rotation never loses the way back"
    fresh = crypto.box().encrypt(b"y")
    settings.FIELD_KEYS = [new]
    assert crypto.box().decrypt(fresh) == b"y", "the newest key writes"
    with pytest.raises(InvalidToken):
        crypto.box().decrypt(written)


def test_another_installation_has_another_hash(settings) -> None:
    ours = crypto.keyed_hash(make_resident_id(1))
    settings.SECRET_KEY = "another-key"
    assert crypto.keyed_hash(make_resident_id(1)) != ours


@given(text=st.text())
def test_everything_that_is_encrypted_comes_back(text: str) -> None:
    assert crypto.box().decrypt(crypto.box().encrypt(text.encode())).decode() == text


# -- uploads


@pytest.mark.parametrize(
    ("name", "content", "kept", "mime"),
    [
        ("凭证.pdf", PDF, "凭证.pdf", "application/pdf"),
        ("凭证.exe", PDF, "凭证.pdf", "application/pdf"),
        ("IMG_001", JPEG, "IMG_001.jpg", "image/jpeg"),
        ("photo.pdf", PNG, "photo.png", "image/png"),
        ("../../etc/passwd", PNG, "passwd.png", "image/png"),
        ("C:\\公司\\缴款 凭证.PDF", PDF, "缴款 凭证.pdf", "application/pdf"),
        ("....", PNG, "file.png", "image/png"),
        ("长" * 200 + ".pdf", PDF, "长" * 80 + ".pdf", "application/pdf"),
    ],
    ids=["pdf", "wrong-ending", "no-ending", "png-as-pdf", "path", "windows-path", "dots", "long"],
)
def test_a_file_is_what_its_content_says(name: str, content: bytes, kept: str, mime: str) -> None:
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # as a hostile client may send it, before Django has cut it
    checked = check_evidence(upload)
    assert (checked.name, checked.mime, checked.size) == (kept, mime, len(content))
    assert upload.read() == content, "the file can still be stored"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + b"\0" * 60,
        b"<html><script>1</script></html>",
        b"PK\x03\x04" + b"\0" * 60,
        "文字".encode(),
    ],
    ids=["program", "page", "archive", "text"],
)
def test_anything_else_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(UploadRefused, match="PDF、JPG或PNG"):
        check_evidence(SimpleUploadedFile("凭证.jpg", content))
    with pytest.raises(UploadRefused, match="内容却不是PDF"):
        check_evidence(SimpleUploadedFile("凭证.pdf", content))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(UploadRefused, match="空的"):
        check_evidence(SimpleUploadedFile("凭证.pdf", b""))


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    fits = PDF.ljust(settings.UPLOAD_MAX_BYTES, b"\n")
    assert check_evidence(SimpleUploadedFile("a.pdf", fits)).size == settings.UPLOAD_MAX_BYTES
    with pytest.raises(UploadRefused, match="超过1MB"):
        check_evidence(SimpleUploadedFile("a.pdf", fits + b"\n"))
