"""A register of any size, invented in a minute: the rows go past the models, straight to the driver."""

import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction

from credit_repair.core.crypto import keyed_hash
from credit_repair.registry.keys import natural_key
from credit_repair.registry.models import NameGram, Office
from credit_repair.registry.names import grams_of
from tests.registry.factories import RecordFactory, SubjectFactory, make_code

#: The number of the person whom the benchmark looks for.
RESIDENT_ID = "340621199003070011"
#: A code's place, an authority's letters and a subject's name are made of these.
PLACES = ("濉溪县", "相山区", "杜集区", "烈山区", "淮北市", "安徽", "宿州市", "萧县", "砀山县", "灵璧县")
BRANDS = (
    "华泰鑫隆盛达恒通瑞丰祥和宏远嘉诚金源天宇新兴永昌博海富康佳美安顺德昊林凯旋东方晨光云鹏正大同仁福星万里"
    "中联亚飞长城永固和顺百利聚宝龙腾四季如春锦绣前程国信民生惠众卓越创优品味阳光雨露青松翠柏玉石良木水秀山河"
)
TRADES = (
    "食品",
    "建材",
    "商贸",
    "运输",
    "餐饮管理",
    "物业服务",
    "机械设备",
    "电子科技",
    "农业发展",
    "建筑工程",
    "装饰",
    "化工",
)
ENDINGS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "经营部", "商店", "股份有限公司", "专业合作社")
STANDINGS = ("active",) * 600 + ("expired",) * 300 + ("repaired",) * 98 + ("withdrawn",) * 2
CLASSES = ("minor",) * 2 + ("general",) * 7 + ("serious",)
LAST_DAY = date(2026, 11, 20)
OFFICES = 40
SUBJECTS_PER_RECORD = 0.3

_FILLING = {
    "sqlite": ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-1500000"),
}
_FILLED = {
    # No ANALYZE: nobody runs it on a site's own SQLite either.
    "sqlite": ("PRAGMA journal_mode=WAL",),
    "postgresql": ("VACUUM ANALYZE",),
}


def fill(records: int) -> None:
    """Put `records` records of three tenths as many subjects into the empty register: always the same."""
    _set(_FILLING)
    chance = random.Random(20261120)
    model = RecordFactory()
    person = SubjectFactory(person=True, personal_number=RESIDENT_ID, number_hash=keyed_hash(RESIDENT_ID))
    last = RecordFactory(subject=person, authority=model.authority, doc_no="濉公罚〔2026〕1号")
    first = person.pk + 1
    with transaction.atomic():
        offices = _offices(model.authority)
        count = max(int(records * SUBJECTS_PER_RECORD), 10)
        names = [_name(chance) for _n in range(count)]
        codes = [make_code(n, division="340600") for n in range(count)]
        subjects = (
            {"id": first + n, "uuid": n, "name": name, "code": code}
            for n, (name, code) in enumerate(zip(names, codes, strict=True))
        )
        _pour(model.subject, subjects)
        grams = (
            {"gram": gram, "subject_id": first + n} for n, name in enumerate(names) for gram in grams_of(name)
        )
        _pour(NameGram(gram="", subject=model.subject), grams)
        _pour(model, _records(records, chance, offices, first=first, codes=codes, after=last.pk))
    _set(_FILLED)
    connection.close()  # and with it SQLite's large cache


def _set(commands: dict[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for command in commands.get(connection.vendor, ()):
            cursor.execute(command)


def _offices(model: Office) -> list[tuple[int, str, str]]:
    """Key, code and letters of the authorities."""
    made = [
        Office.objects.create(
            code=make_code(n, prefix="11", division="340600"),
            name=f"{place}{letters}局",
            kind=model.kind,
            level=model.level,
        )
        for n, (place, letters) in enumerate(itertools.islice(itertools.product(PLACES, "交市环建"), OFFICES))
    ]
    return [(office.pk, office.code, office.name[0] + office.name[-2]) for office in made]


def _name(chance: random.Random) -> str:
    brand = chance.choice(BRANDS) + chance.choice(BRANDS)
    return chance.choice(PLACES) + brand + chance.choice(TRADES) + chance.choice(ENDINGS)


def _records(
    count: int,
    chance: random.Random,
    offices: list[tuple[int, str, str]],
    *,
    first: int,
    codes: list[str],
    after: int,
) -> Iterator[dict[str, Any]]:
    for n in range(count):
        office, office_code, letters = offices[n % len(offices)]
        subject = chance.randrange(len(codes))
        day = LAST_DAY - timedelta(days=chance.randrange(6 * 365))
        doc_no = f"{letters}罚〔{day.year}〕{n}号"
        standing = chance.choice(STANDINGS)
        yield {
            "id": after + 1 + n,
            "uuid": n,
            "doc_no": doc_no,
            "natural_key": natural_key(doc_no=doc_no, authority_code=office_code, subject_key=codes[subject]),
            "subject_id": first + subject,
            "authority_id": office,
            "decision_date": day,
            "effective_until": day + timedelta(days=365),
            "standing": standing,
            "ended_on": None if standing == "active" else day + timedelta(days=300),
            "rule_class": chance.choice(CLASSES),
        }


def _pour(model: models.Model, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows that are like `model` but for the columns they give."""
    fields = {field.column: field for field in model._meta.concrete_fields if field.concrete and field.column}
    like = {name: _stored(field, getattr(model, field.attname)) for name, field in fields.items()}
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in fields)
    values = ([*(like | _typed(row)).values()] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(fields))
            driver = cursor.connection.cursor() if hasattr(cursor, "connection") else cursor.cursor
            driver.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def _stored(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """The columns as the driver takes them; a number stands for the UUID."""
    given = dict(row)
    if "uuid" in given:
        given["uuid"] = f"{given['uuid'] + 1:032x}"
    if connection.vendor == "sqlite":
        given = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()
        }
    return given
