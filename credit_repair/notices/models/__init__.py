"""Documents, and what becomes of them."""

from credit_repair.notices.models.deliveries import Delivery, ServiceConsent
from credit_repair.notices.models.documents import Document
from credit_repair.notices.models.packs import DocumentPack, PackItem
from credit_repair.notices.models.styles import OfficeFont, OfficeStyle
from credit_repair.notices.models.texts import NoticeText

__all__ = [
    "Delivery",
    "Document",
    "DocumentPack",
    "NoticeText",
    "OfficeFont",
    "OfficeStyle",
    "PackItem",
    "ServiceConsent",
]
