"""Chinese first, English complete: who reads what, and that nothing of the one is left in the other."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import translation

from credit_repair.cases.models import TextBlock, TimelineEvent
from credit_repair.commitments.models import Commitment, CommitmentList
from credit_repair.core import clock
from credit_repair.core.models import AuditEntry
from credit_repair.mail.models import Mail
from credit_repair.notices.models import Document
from credit_repair.platforms.models import Message
from credit_repair.rectification.models import Activity
from credit_repair.registry.models import RecordEvent, RecordFlag
from credit_repair.repairs.models import RepairApplication
from tests import world as county
from tests.test_url_roles import ROWS
from tests.whole_site import Site, build_site

CHINESE = re.compile(r"[㐀-鿿]+|[，。：；、！？（）]")
#: Two English words on end, or one that only an untranslated interface says.
ENGLISH = re.compile(
    r"\b[A-Za-z]{2,} [a-z]{2,}\b|\b(?:Password|Username|Email|Submit|Sign|Log|Login|Logout|Required|Invalid"
    r"|Delete|Save|Cancel|Search|None|True|False|Home|Next|Previous|Error|Change|Account)\b"
)
#: Spoken attributes: what a screen reader or a hovering mouse brings to somebody's notice.
SPOKEN = ("title", "alt", "placeholder", "aria-label", "content", "data-dk-done", "data-too-large")
VOID = frozenset(("base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
#: What people and other offices have written is data, in whatever language the page around it is.
DATA_OF = (
    "registry",
    "people",
    "platforms",
    "repairs",
    "cases",
    "notices",
    "mail",
    "rulings",
    "commitments",
    "rectification",
    "outreach",
    "dossier",
)
#: Fixed texts that we store ourselves are no data: a page says them in its reader's language.
OUR_OWN = {"title", "actor_label", "made_by_label"}
PEOPLE = (
    "anon",
    "stranger",
    "clerk",
    "data",
    "intake",
    "verifier",
    "approver",
    "superv",
    "auditor",
    "window",
)


class Words(HTMLParser):
    """Collects what a page says: its text and spoken attributes, without what is marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = tag != "html" and (given.get("lang") or "").lower().startswith(("zh", "en"))
        silent = self._silent or marked or tag in ("script", "style")
        if not silent:
            self.said += [
                given[name] or "" for name in SPOKEN if name in given and not self._of_meta(tag, given)
            ]
            if tag == "input" and given.get("type") in ("submit", "button"):
                self.said.append(given.get("value") or "")
        if tag not in VOID:
            self._open.append((tag, silent))

    @staticmethod
    def _of_meta(tag: str, given: dict[str, str | None]) -> bool:
        return tag == "meta" and given.get("name") != "description"

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data.strip())


def words_of(response: Any) -> list[str]:
    """Return what a page says, text by text."""
    reader = Words()
    reader.feed(response.content.decode())
    return reader.said


def strings_in(value: Any) -> list[str]:
    """Return every text within JSON."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings_in(each)]
    return [value] if isinstance(value, str) else []


def data_of_the_site() -> list[str]:
    """Return every text that somebody wrote or that came from elsewhere, the longest first."""
    found: set[str] = set()
    for label in DATA_OF:
        for model in apps.get_app_config(label).get_models():
            if model is TimelineEvent:
                continue
            fields = [
                field
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField | JSONField) and field.name not in OUR_OWN
            ]
            for row in model._default_manager.all()[:500]:
                for field in fields:
                    found.update(strings_in(getattr(row, field.attname)))
    found.update(TimelineEvent.objects.values_list("text", flat=True))
    for model in (TextBlock, CommitmentList, Commitment, Activity):  # whose titles somebody wrote
        found.update(model.objects.values_list("title", flat=True))
    parts = {part for text in found for part in re.split(r"[\n]", text)}
    return sorted((each for each in found | parts if CHINESE.search(each)), key=len, reverse=True)


def without(texts: list[str], data: list[str]) -> list[str]:
    """Return the texts without what is data, and without titles that are quoted."""
    left = []
    for text in texts:
        for each in data:
            if each in text:
                text = text.replace(each, " ")
        left.append(re.sub(r"《[^》]*》|“[^”]*”|〔[^〕]*〕", " ", text))
    return left


@pytest.fixture
def site(db: None) -> Any:
    with clock.assume(county.TODAY):
        yield build_site()


def pages(site: Site, person: str, language: str) -> list[tuple[str, list[str]]]:
    """Return every page that this kind of person reads, with what it says."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    user = site.people[person]
    if user is not None:
        client.force_login(user)
    found = []
    for name, method, answers in ROWS:
        if method != "GET" or answers[person] != "ok":
            continue
        try:
            address = site.address(name)
        except Exception:  # noqa: S112  an address with arguments that the table does not make up
            continue
        response = client.get(address)
        if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
            found.append((name, words_of(response)))
    return found


#: Reading all pages of one person takes seconds: make test reads those of three, make test-all everybody's.
MOST_BY_TEST_ALL = [
    each if each in ("clerk", "superv") else pytest.param(each, marks=pytest.mark.slow) for each in PEOPLE
]


@pytest.mark.parametrize("person", MOST_BY_TEST_ALL)
def test_an_english_page_says_nothing_of_its_own_in_chinese(site: Site, person: str) -> None:
    read = pages(site, person, "en")
    data = data_of_the_site()  # now: some rows are made for the page that is about them
    left = {name: [text for text in without(said, data) if CHINESE.search(text)] for name, said in read}
    assert {name: texts for name, texts in left.items() if texts} == {}


@pytest.mark.parametrize("person", MOST_BY_TEST_ALL)
def test_a_chinese_page_says_nothing_in_english(site: Site, person: str) -> None:
    left = {
        name: [text for text in said if ENGLISH.search(text)] for name, said in pages(site, person, "zh-hans")
    }
    assert {name: texts for name, texts in left.items() if texts} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "zh-Hans"),
        ("", "en-GB,en;q=0.9", "zh-Hans"),
        ("fr", "en", "zh-Hans"),
        ("zh-hans", "en", "zh-Hans"),
        ("en", "zh-CN", "en"),
    ],
)
def test_english_is_for_whoever_chose_it_and_nobody_else(
    client: Client, cookie: str, accepted: str, language: str
) -> None:
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    response = client.get(reverse("front"), headers={"accept-language": accepted})

    assert f'<html lang="{language}"' in response.content.decode()
    assert response["Content-Language"] == language
    assert "Cookie" in response["Vary"]


@pytest.mark.django_db
def test_the_choice_is_kept_in_a_cookie_and_leads_back(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "en", "next": "/account/login/"})

    assert response["Location"] == "/account/login/"
    kept = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (kept.value, bool(kept["httponly"])) == ("en", True)
    assert int(kept["max-age"]) > 300 * 24 * 3600
    assert "Sign in" in client.get("/account/login/").content.decode()


@pytest.mark.django_db
def test_the_choice_leads_to_no_other_site(client: Client) -> None:
    response = client.post(reverse("set_language"), {"language": "en", "next": "https://example.com/"})

    assert "example.com" not in response["Location"]


@pytest.mark.django_db
def test_what_an_english_reader_does_is_stored_and_sent_in_chinese() -> None:
    with clock.assume(county.TODAY), translation.override("en"):
        made = county.build_world()
        case = county.submitted_case(made)
        county.do(case, "accept", made.intake)
        county.do(case, "give_opinion", made.verifier, **county.AGREE)
        county.do(case, "approve", made.approver)

    stored = [
        *TimelineEvent.objects.values_list("title", "text", "actor_label"),
        *Mail.objects.values_list("subject", "body"),
        *Document.objects.values_list("title"),
        *Message.objects.values_list("cause_text"),
        *RecordEvent.objects.values_list("actor_label"),
        *RecordFlag.objects.values_list("reason"),
    ]
    texts = [text for row in stored for text in row]
    for context in Document.objects.values_list("context", flat=True):
        texts += strings_in({key: value for key, value in context.items() if key not in ("query_code",)})
    for payload in Message.objects.values_list("payload", flat=True):
        texts += strings_in(payload["cause"])
    for data in AuditEntry.objects.values_list("data", flat=True):
        texts += strings_in(data)
    explained = RepairApplication.objects.get().case.explanation
    texts += [condition["text"] for condition in explained["conditions"]]

    assert len(texts) > 40
    assert [text for text in texts if re.search(r"[A-Za-z]{2,} [a-z]{2,}", text)] == []


@pytest.mark.django_db
def test_an_act_with_the_english_cookie_is_stored_in_chinese() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with clock.assume(county.TODAY):
        made = county.build_world()
        case = county.submitted_case(made)
        client.force_login(made.intake)
        response = client.post(reverse("office_repair_act", args=[case.uuid, "accept"]), {})

    assert response.status_code == 302
    event = TimelineEvent.objects.get(case=case, action="accept")
    assert event.title == "已受理"
    assert CHINESE.search(Mail.objects.order_by("pk").last().subject)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "words"), [("my_mandate_template", "授权委托书"), ("guide", "信用修复承诺书")]
)
def test_letters_to_be_handed_in_are_chinese_whoever_reads_them(site: Site, name: str, words: str) -> None:
    client = Client()
    client.force_login(site.people["clerk"])
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse(name)).content.decode()
    assert '<html lang="en"' in page
    letters = re.findall(r'<(?:article|div)[^>]* lang="zh-Hans">(.*?)</(?:article|details)>', page, re.DOTALL)
    text = re.sub(r"<[^>]+>", "", "".join(letters))
    assert words in text and not re.search(r"[A-Za-z]{2}", text)
