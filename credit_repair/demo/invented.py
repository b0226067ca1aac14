"""An invented scene for one walk: offices, people, a platform and two rows of a penalty table.

Names and codes are drawn anew for each walk, so that it finds an empty register or one that earlier walks
have left, and disturbs nobody.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc

from credit_repair.demo.standin import SECRET
from credit_repair.people.models import Role, User
from credit_repair.people.services import grant_mandate, join_office
from credit_repair.registry.models import Office, Platform, Subject
from credit_repair.rules import add_months

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_REGION = "340621"
#: The minimum period of a general record is three months: this one's has been over for a while.
_DECIDED_MONTHS_AGO = 6


@dataclass
class Scene:
    """Everybody and everything that takes part in one walk."""

    today: date
    token: str
    platform: Platform
    authority: Office
    clerk: User
    intake: User
    verifier: User
    approver: User
    subject_code: str
    rows: list[dict[str, str]]

    @property
    def addresses(self) -> list[str]:
        """The mail addresses of the scene's people."""
        return [person.email for person in (self.clerk, self.intake, self.verifier, self.approver)]

    def give_mandate(self) -> None:
        """Let the clerk act for the subject that the import has brought into being."""
        grant_mandate(
            user=self.clerk,
            subject=Subject.objects.get(code=self.subject_code),
            since=self.today - timedelta(days=30),
        )


def invent(*, platform_url: str, today: date) -> Scene:
    """Invent a scene around `today`, with a platform at `platform_url`."""
    token = secrets.token_hex(3).upper()
    platform = Platform.objects.create(
        code=f"demo-{token.lower()}",
        name="示例公示平台",
        endpoint=platform_url,
        secret=SECRET,
        actions=["publish", "terminate", "stop_sharing", "lift_sanction"],
    )
    credit_office = _office("濉溪县信用办", Office.Kind.CREDIT, _free_prefix("濉信修", token))
    authority = _office("濉溪县交通运输局", Office.Kind.OTHER, _free_prefix("濉交信修", token))
    subject_code = _code("91")
    return Scene(
        today=today,
        token=token,
        platform=platform,
        authority=authority,
        clerk=_person("clerk", "周小敏", token),
        intake=_person("intake", "李受", token, credit_office, Role.INTAKE, today),
        verifier=_person("verifier", "王核", token, authority, Role.VERIFIER, today),
        approver=_person("approver", "赵批", token, authority, Role.APPROVER, today),
        subject_code=subject_code,
        rows=[
            _row(authority, subject_code, f"（濉）交罚〔{today.year}〕{token}1号", today, own_until=None),
            _row(authority, subject_code, f"（濉）交罚〔{today.year}〕{token}2号", today, own_until=today),
        ],
    )


def _code(beginning: str) -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _position in range(9))
    base = f"{beginning}{_REGION}{drawn}"
    return base + uscc.calc_check_digit(base)


def _free_prefix(prefix: str, token: str) -> str:
    """Return `prefix`, told apart by the token where an earlier walk has taken it: numbers are unique."""
    return f"{prefix}{token}" if Office.objects.filter(document_prefix=prefix).exists() else prefix


def _office(name: str, kind: str, prefix: str) -> Office:
    existing = Office.objects.filter(kind=Office.Kind.CREDIT, code__contains=_REGION).first()
    if kind == Office.Kind.CREDIT and existing is not None:
        return existing  # one credit office takes in for a region: a second would not be asked
    return Office.objects.create(
        code=_code("11"),
        name=name,
        kind=kind,
        document_prefix=prefix,
        address="濉溪县濉河路1号政务服务中心",
        phone="0561-0000001",
    )


def _person(
    part: str,
    name: str,
    token: str,
    office: Office | None = None,
    role: str = "",
    today: date | None = None,
) -> User:
    user = User(
        username=f"{part}-{token.lower()}",
        display_name=name,
        email=f"{part}-{token.lower()}@example.com",
        phone="13800000000",
    )
    user.set_unusable_password()
    user.save()
    if office is not None and today is not None:
        join_office(user=user, office=office, role=role, since=today - timedelta(days=30))
    return user


def _row(
    authority: Office, subject_code: str, doc_no: str, today: date, *, own_until: date | None
) -> dict[str, str]:
    decided = add_months(today, -_DECIDED_MONTHS_AGO)
    return {
        "行政相对人名称": "濉溪县安达物流有限公司",
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1(统一社会信用代码)": subject_code,
        "法定代表人": "李明华",
        "行政处罚决定书文号": doc_no,
        "违法行为类型": "超限运输",
        "违法事实": "车货总质量超过限定标准",
        "处罚依据": "《公路安全保护条例》",
        "处罚类别": "罚款",
        "处罚内容": "罚款人民币21000元",
        "罚款金额（万元）": "2.1",
        "处罚决定日期": decided.strftime("%Y/%m/%d"),
        "公示截止期": own_until.strftime("%Y/%m/%d") if own_until else "",
        "处罚机关": authority.name,
        "处罚机关统一社会信用代码": authority.code,
        "数据来源单位": authority.name,
        "数据来源单位统一社会信用代码": authority.code,
    }
