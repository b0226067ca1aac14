"""What an office does around and after a decision: one list, for the navigation and for its page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from credit_repair.dossier.access import HANDLERS

#: The pages that belong to an enterprise's file, by name: its place in the navigation leads on to them.
OWN_FILE = ("my_orders", "my_activities", "my_commitments", "my_shields")


@dataclass(frozen=True)
class Place:
    """One of these matters: its heading, what is done there, and the addresses below which it lies."""

    label: str
    text: str
    urls: tuple[str, ...]

    @property
    def url(self) -> str:
        """Return the page at which it begins."""
        return self.urls[0]


def after_places(may: Callable[..., bool], *, sees_platforms: bool) -> list[Place]:
    """Return the matters that are open to an official who `may` do some things today, in the order in which
    they come up; nothing for who has no part in any."""
    offered = [
        (
            may("see_cases"),
            _("整改与约谈"),
            _("责令整改、提示约谈、警示约谈，以及当事人自愿参加的培训和公益活动。"),
            ("office_orders", "office_activities"),
        ),
        (
            may("see_cases", "import_records"),
            _("信用承诺"),
            _("承诺事项清单，收到的承诺，到期核查和履行结果。"),
            ("office_commitments",),
        ),
        (
            may("see_cases"),
            _("主动服务"),
            _("可修复未申请的名单，批量提醒，预制申请，随处罚决定同时送达的修复告知书。"),
            ("office_outreach",),
        ),
        (
            may("see_cases", "import_records"),
            _("处罚变更撤销"),
            _("处罚被变更、撤销或者确认无效的，登记以后各平台限期撤下。"),
            ("office_cancellations",),
        ),
        (
            may("see_cases", "import_records"),
            _("破产重整"),
            _("法院裁定批准重整计划的，临时屏蔽；执行完毕的，确认修复；终止的，恢复公示。"),
            ("office_shields",),
        ),
        (
            sees_platforms,
            _("尚未终结的效果"),
            _("停止公示、停止共享、解除措施还没有终结的记录，佐证、第三方网站的函件和反映。"),
            ("office_effects",),
        ),
        (
            may(*HANDLERS),
            _("个人信息申请"),
            _("查阅、更正个人信息的申请和答复期限。"),
            ("office_data_requests",),
        ),
    ]
    return [
        Place(label, text, tuple(map(reverse, names))) for is_open, label, text, names in offered if is_open
    ]
