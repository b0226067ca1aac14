"""The bodies to which an adverse decision can be taken 救济途径."""

from django.utils.translation import gettext as _

from credit_repair.notices.parts import Remedies
from credit_repair.registry.models import Office


def remedies_of(office: Office) -> Remedies:
    """Return review body and court for a decision of `office`.

    The government of the office's own level reviews; the names are general until an office sets its own.
    """
    level = {
        Office.Level.COUNTY: _("本级人民政府"),
        Office.Level.CITY: _("本级人民政府"),
        Office.Level.PROVINCE: _("本级人民政府"),
        Office.Level.NATION: _("本机关"),
    }[Office.Level(office.level)]
    return Remedies(review_body=level, court=_("有管辖权的人民法院"))
