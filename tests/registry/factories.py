"""Rows of the register for tests: valid codes with true check characters, nothing real."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory
from stdnum.cn import uscc

from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.keys import natural_key
from credit_repair.registry.models import NameGram, Office, Platform, Publication, Record, Sector, Subject
from credit_repair.registry.names import grams_of
from credit_repair.registry.services import assess_record
from credit_repair.rules import national_book

AS_OF = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DIVISION = "340621"


def make_code(n: int, *, prefix: str = "91", division: str = DIVISION) -> str:
    """Return a valid 统一社会信用代码: 11 for an authority, 91 for an enterprise, 92 for a sole trader."""
    body = f"{prefix}{division}{n:09d}"
    return body + uscc.calc_check_digit(body)


def make_resident_id(n: int, *, division: str = DIVISION, birth: str = "19900307") -> str:
    """Return a resident ID number with a true check character."""
    body = f"{division}{birth}{n % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = Sector
        django_get_or_create = ("code",)

    code = "food"
    name = "食品"


class OfficeFactory(DjangoModelFactory):
    """An authority of 濉溪县; `credit=True` makes it a credit office, `market=True` market supervision."""

    class Meta:
        model = Office

    class Params:
        division = DIVISION
        credit = factory.Trait(
            kind=Office.Kind.CREDIT,
            name=factory.Sequence(lambda n: f"濉溪县信用办{n}"),
            document_prefix="濉信修",
        )
        market = factory.Trait(
            kind=Office.Kind.MARKET, name=factory.Sequence(lambda n: f"濉溪县市场监督管理局{n}")
        )
        number = factory.Sequence(lambda n: n + 1)

    code = factory.LazyAttribute(lambda o: make_code(o.number, prefix="11", division=o.division))
    name = factory.Sequence(lambda n: f"濉溪县交通运输局{n}")
    kind = Office.Kind.OTHER
    level = Office.Level.COUNTY


class SubjectFactory(DjangoModelFactory):
    """An enterprise; `sole_trader=True` or `person=True` for the other kinds."""

    class Meta:
        model = Subject

    class Params:
        # Far from the small numbers that tables of tests give: who was made must not meet who was imported.
        number = factory.Sequence(lambda n: n + 100_001)
        sole_trader = factory.Trait(
            kind=Subject.Kind.SOLE_TRADER,
            name=factory.Sequence(lambda n: f"濉溪县华泰商店{n}"),
            code=factory.LazyAttribute(lambda o: make_code(o.number, prefix="92")),
        )
        person = factory.Trait(
            kind=Subject.Kind.PERSON,
            id_type=Subject.IdType.RESIDENT_ID,
            name=factory.Sequence(lambda n: f"张三{n}"),
            code=None,
            personal_number=factory.LazyAttribute(lambda o: make_resident_id(o.number)),
            number_hash=factory.LazyAttribute(lambda o: keyed_hash(o.personal_number)),
            legal_representative="",
        )

    kind = Subject.Kind.ORGANISATION
    id_type = Subject.IdType.USCC
    name = factory.Sequence(lambda n: f"濉溪县华泰食品有限公司{n}")
    code = factory.LazyAttribute(lambda o: make_code(o.number))
    legal_representative = "王敏"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        subject = super()._create(model_class, *args, **kwargs)
        index_name(subject, subject.name)
        return subject


def index_name(subject, name):
    """Let `subject` be found by parts of this name of its."""
    NameGram.objects.bulk_create(
        [NameGram(gram=gram, subject=subject) for gram in grams_of(name)], ignore_conflicts=True
    )


class PlatformFactory(DjangoModelFactory):
    class Meta:
        model = Platform

    code = factory.Sequence(lambda n: f"platform-{n}")
    name = factory.Sequence(lambda n: f"信用公示平台{n}")
    required = True
    endpoint = "http://127.0.0.1:9/messages"
    secret = "test-secret"


class RecordFactory(DjangoModelFactory):
    """A fine under ndrc-36, class general: repairable from 2026-08-07, shown until 2027-05-06.

    The rules are applied as on `as_of`; `assessed=False` leaves what you set by hand.
    """

    class Meta:
        model = Record

    subject = factory.SubFactory(SubjectFactory)
    authority = factory.SubFactory(OfficeFactory)
    doc_no = factory.Sequence(lambda n: f"（濉）交罚〔2026〕{n + 1}号")
    conduct = "超限运输"
    facts = "车货总质量超过限定标准"
    legal_basis = "《公路安全保护条例》第六十四条"
    penalty_text = "罚款"
    penalty_types = factory.LazyFunction(lambda: ["罚款"])
    content = "罚款人民币10000元"
    fine = Decimal("1")
    decision_date = date(2026, 5, 6)
    created_at = MOMENT
    changed_at = MOMENT
    natural_key = factory.LazyAttribute(
        lambda o: natural_key(doc_no=o.doc_no, authority_code=o.authority.code, subject_key=o.subject.key)
    )

    @classmethod
    def _create(cls, model_class, *args, as_of=AS_OF, assessed=True, **kwargs):
        record = model_class(*args, **kwargs)
        if assessed:
            assess_record(record, book=national_book(), as_of=as_of)
        record.save()
        return record


class PublicationFactory(DjangoModelFactory):
    """That a platform shows the record."""

    class Meta:
        model = Publication

    record = factory.SubFactory(RecordFactory)
    platform = factory.SubFactory(PlatformFactory)
    state = Publication.State.SHOWN
    shown_at = MOMENT
