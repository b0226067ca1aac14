"""What must be right about the law before the site starts."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from credit_repair.registry import law


@register
def rule_files_are_sound(**kwargs: Any) -> list[CheckMessage]:
    """The bundled rule files and those of RULES_DIR can be read; a fault is named with file and line."""
    try:
        law.shipped_book()
    except (ValueError, OSError) as error:
        return [
            Error(
                f"规则文件有误：{error}",
                hint="按提示的文件和行号改正后再启动；本地文件放在RULES_DIR指定的文件夹里。",
                id="desk.E010",
            )
        ]
    return []


@register(Tags.database)
def local_rules_still_fit(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The local rules set in the back office fit the rule files of this release.

    Asked by `manage.py check --database default`, as an upgrade does.
    """
    if not databases:
        return []
    try:
        law.standing_book()
    except DatabaseError:  # not migrated yet
        return []
    except ValueError as error:
        return [
            Error(
                str(error),
                hint="请在“规则库”页面撤回这一项，或改正规则文件。",
                id="desk.E011",
            )
        ]
    return []
