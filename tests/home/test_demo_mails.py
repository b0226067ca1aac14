"""The demo's mails on a page, and nothing else of the folder."""

import pytest
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from credit_repair.home.mailbox import mail_named, newest_mails

pytestmark = pytest.mark.django_db
URL = reverse("demo_mails")


@pytest.fixture
def mails(settings, tmp_path):
    """Three mails by one sender in one file, and a secret beside the folder."""
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    settings.EMAIL_FILE_PATH.mkdir()
    (tmp_path / "secret.log").write_text("Subject: secret\n\nsecret")
    (settings.EMAIL_FILE_PATH / "notes.txt").write_text("Subject: notes\n\nnotes")
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend")
    for number in (1, 2, 3):
        body = f"您好！\n<b>第{number}封</b>，进度：http://127.0.0.1:8000/me/cases/。\n"
        mail = EmailMessage(f"申请已受理{number}", body, "a@example.com", ["b@example.com"])
        connection.send_messages([mail])
    return settings.EMAIL_FILE_PATH


def test_without_a_demo_there_is_nothing(client, settings, mails):
    name = newest_mails()[0].name
    settings.DEMO = False
    assert client.get(URL).status_code == 404
    assert client.get(reverse("demo_mail", args=[name])).status_code == 404


def test_list_is_newest_first(client, mails):
    assert [mail.subject for mail in newest_mails()] == ["申请已受理3", "申请已受理2", "申请已受理1"]
    page = client.get(URL).content.decode()
    assert page.index("申请已受理3") < page.index("申请已受理1")
    assert "notes" not in page


def test_one_mail_is_shown_escaped_with_links(client, mails):
    mail = next(mail for mail in newest_mails() if mail.subject == "申请已受理2")
    page = client.get(reverse("demo_mail", args=[mail.name])).content.decode()
    assert "&lt;b&gt;第2封&lt;/b&gt;" in page
    assert '<a href="http://127.0.0.1:8000/me/cases/">' in page
    assert "b@example.com" in page


@pytest.mark.parametrize(
    "name",
    [
        "../secret.log-1",
        "..%2Fsecret.log-1",
        "secret.log-1",
        "notes.txt-1",
        "/etc/passwd-1",
        ".log-1",
        "",
        "-",
        "a.log",
    ],
)
def test_no_name_leads_out_of_the_folder(mails, name):
    assert mail_named(name) is None


def test_no_address_leads_out_of_the_folder(client, mails):
    for path in ("../secret.log-1", "..%2Fsecret.log-1", "%2e%2e%2fsecret.log-1", "notes.txt-1"):
        assert client.get(f"{URL}{path}/").status_code == 404


def test_a_link_in_the_folder_is_not_followed(mails):
    (mails / "link.log").symlink_to(mails.parent / "secret.log")
    assert mail_named("link.log-1") is None


def test_place_that_does_not_exist(client, mails):
    file = next(mails.glob("*.log")).name
    for place in ("0", "4", "x", ""):
        assert client.get(f"{URL}{file}-{place}/").status_code == 404


def test_empty_folder(client, settings, tmp_path):
    settings.DEMO, settings.EMAIL_FILE_PATH = True, tmp_path / "none"
    assert "还没有邮件" in client.get(URL).content.decode()
