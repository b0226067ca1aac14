"""Examples of the documents in `contexts` that are not the usual one: long, over pages, of a list entry.

For the gallery and for the tests that go through all samples; a case never reads them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from .contexts import (
    AcceptanceNotice,
    CommitmentLetter,
    CorrectionNotice,
    DecisionApprove,
    DecisionRefuse,
    ExtensionNotice,
    ReceiptOfMaterials,
)
from .ink import Signature
from .parts import Effects, Material, Matter, RecordFacts
from .samples import LONG_NAME
from .seal import seal_svg

_LONG_OFFICE = "濉溪县社会信用体系建设领导小组办公室信用管理中心"
_ON_A_LIST = RecordFacts(
    "",
    "濉溪县市场监督管理局",
    date(2026, 4, 16),
    "",
    "列入决定",
    "经营异常名录信息",
    Matter(
        name="移出经营异常名录",
        called="列入经营异常名录决定",
        corrected="已经办理变更登记，通过登记的住所可以联系",
        restored="恢复列入和公示",
        granted="移出经营异常名录",
        refused="移出经营异常名录",
        removed_from="经营异常名录",
    ),
)


def more_samples(usual: Any) -> dict[str, Any]:
    """Return further samples of the kind of `usual` by name; empty for a kind that has none here."""
    if isinstance(usual, CommitmentLetter):
        return {
            "on the screen": replace(usual, signature=Signature.sample()),
            "a list entry": replace(usual, record=_ON_A_LIST),
        }
    if isinstance(usual, ReceiptOfMaterials):
        many = tuple(Material(f"第{number}批原材料进货台账、检验报告和付款凭证") for number in range(1, 61))
        return {"many, long names": replace(usual, party=LONG_NAME, materials=many)}
    if isinstance(usual, AcceptanceNotice):
        seal = seal_svg(_LONG_OFFICE, demo=True)
        return {"a long office": replace(usual, party=LONG_NAME, issuer=_LONG_OFFICE, seal=seal)}
    if isinstance(usual, CorrectionNotice):
        return {"many": replace(usual, party=LONG_NAME, items=usual.items * 6)}
    if isinstance(usual, ExtensionNotice):
        return {"provisional": replace(usual, provisional=True)}
    if isinstance(usual, DecisionApprove):
        taken_off = replace(Effects.sample(), removed_from="经营异常名录", ends_sharing=False)
        return {
            "a list entry": replace(usual, record=_ON_A_LIST, effects=taken_off, facts=usual.facts[2:]),
            "long": replace(usual, party=LONG_NAME, facts=usual.facts * 5),
        }
    if isinstance(usual, DecisionRefuse):
        return {
            "long": replace(
                usual,
                party=LONG_NAME,
                facts=usual.facts * 4,
                reasons=usual.reasons * 3,
                next_steps=usual.next_steps * 3,
            )
        }
    return {}
