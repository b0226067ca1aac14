"""Penalty tables in the form in which offices hand them over."""

import csv
import io
from dataclasses import dataclass

from credit_repair.registry.importing.columns import HEADERS

MARKET = ("濉溪县市场监督管理局", "11340621APH1GLG882")
TAX = ("濉溪县税务局", "113406218GM08G629C")


@dataclass(frozen=True)
class Penalties:
    """Fines of one enterprise by one authority: (document number, day of decision, last day of publicity).

    The days stand as in the table, so that they may be wrong.
    """

    name: str
    code: str
    authority: tuple[str, str]
    rows: tuple[tuple[str, str, str], ...]

    def as_csv(self) -> bytes:
        """Return the table as a spreadsheet program saves it: CSV with a byte order mark."""
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(HEADERS.values()), restval="")
        writer.writeheader()
        for doc_no, decided, until in self.rows:
            values = {
                "name": self.name,
                "category": "法人及非法人组织",
                "code": self.code,
                "doc_no": doc_no,
                "conduct": "虚假宣传",
                "facts": "在宣传页面使用与实际不符的用语",
                "legal_basis": "《中华人民共和国反不正当竞争法》第八条第一款",
                "penalty_text": "罚款",
                "content": "罚款人民币21000元",
                "fine": "2.1",
                "decision_date": decided,
                "own_until": until,
                "authority": self.authority[0],
                "authority_code": self.authority[1],
                "source": self.authority[0],
                "source_code": self.authority[1],
            }
            writer.writerow({HEADERS[field]: value for field, value in values.items()})
        return text.getvalue().encode("utf-8-sig")


TO_REPAIR, TO_KEEP, REFUSED = (
    "（濉）市监处罚〔2026〕902号",
    "（濉）市监处罚〔2026〕903号",
    "（濉）市监处罚〔2026〕904号",
)
#: The demo's enterprise, which qiye acts for: one to repair, one whose time has not come, one refused row.
PENALTIES = Penalties(
    "濉溪县同兴物业服务有限公司",
    "91340621REX8JPFR3F",
    MARKET,
    (
        (TO_REPAIR, "2026/07/06", "2027/07/06"),
        (TO_KEEP, "2026/10/12", "2027/10/12"),
        (REFUSED, "2026/13/08", "2027/07/06"),
    ),
)

(
    TO_END,
    TO_SPOIL,
    TO_SHARE,
    TO_HIDE,
    TO_FILE_WITHOUT_SCRIPT,
    TO_SUBMIT_TWICE,
    TO_REFUSE,
    TO_FILE_AT_WINDOW,
) = (
    "（濉）税罚〔2025〕801号",
    "（濉）税罚〔2026〕802号",
    "（濉）税罚〔2026〕803号",
    "（濉）税罚〔2026〕804号",
    "（濉）税罚〔2026〕805号",
    "（濉）税罚〔2026〕806号",
    "（濉）税罚〔2026〕807号",
    "（濉）税罚〔2026〕808号",
)
PENALTIES_OF_THE_OTHER = Penalties(
    "濉溪县百善镇新时代农业机械化综合服务专业合作社联合社有限责任公司",
    "91340621MA2N0Q8X1Q",
    TAX,
    (
        (TO_END, "2025/11/20", "2026/11/20"),
        *(
            (doc_no, "2026/06/15", "2027/06/15")
            for doc_no in (
                *(TO_SPOIL, TO_SHARE, TO_HIDE),
                *(TO_FILE_WITHOUT_SCRIPT, TO_SUBMIT_TWICE, TO_REFUSE, TO_FILE_AT_WINDOW),
            )
        ),
    ),
)
