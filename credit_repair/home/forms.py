"""What people fill in on the pages of this package."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credit_repair.registry.models import Platform, Record


class _ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    """One or several files; cleaned to a list of those that were chosen."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(_ManyFilesField, self).clean(each, initial) for each in chosen or [None]]


class ImportForm(forms.Form):
    """Tables to import, of what kind they are, and where their records are to be published."""

    file = _ManyFilesField(
        label=_("要导入的文件"),
        widget=_ManyFilesInput(
            attrs={
                "accept": ".csv,.xlsx,text/csv,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
        error_messages={
            "required": _("请选择要导入的文件。"),
            "empty": _("这个文件是空的，请重新选择。"),
        },
    )
    kind = forms.ChoiceField(
        label=_("表格种类"),
        required=False,
        choices=[("", _("自动识别")), *Record.Kind.choices],
        help_text=_("系统从列名认出是哪一种表格；认不出的时候再选定。"),
    )
    platforms = forms.MultipleChoiceField(
        label=_("公示到这些平台"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("有一个平台已经停用，请重新勾选。")},
    )

    def __init__(self, *args: Any, platforms: Iterable[Platform], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._platforms = {platform.code: platform for platform in platforms}
        choice = cast(forms.MultipleChoiceField, self.fields["platforms"])
        choice.choices = [(code, platform.name) for code, platform in self._platforms.items()]
        choice.initial = [code for code, platform in self._platforms.items() if platform.required]
        choice.help_text = _now("只公示应当公示的记录；已经过期的作为历史保存。都不勾选则只入库，不公示。")
        self.fields["file"].help_text = _now(
            "可以一次选几个文件：CSV或.xlsx，每个不超过%(limit)sMB。行政处罚用2021年版“双公示”信息模板。"
        ) % {"limit": settings.IMPORT_MAX_BYTES // (1024 * 1024)}
        self.fields["file"].widget.attrs |= {
            "data-max-bytes": settings.IMPORT_MAX_BYTES,
            "data-too-large": _now("文件太大"),
        }

    def clean_file(self) -> list[UploadedFile]:
        """Refuse what is too large before it is read."""
        files: list[UploadedFile] = self.cleaned_data["file"]
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        for file in files:
            if (file.size or 0) > settings.IMPORT_MAX_BYTES:
                words = _now("“%(name)s”超过%(limit)sMB，请分成几个文件后导入。")
                raise forms.ValidationError(words % {"name": file.name, "limit": limit})
        return files

    @property
    def chosen_platforms(self) -> list[Platform]:
        """Return the platforms that were ticked."""
        return [self._platforms[code] for code in self.cleaned_data["platforms"]]


class ConflictForm(forms.Form):
    """What a person says to a name that differs: a change of name, or a mistake; and why."""

    ACCEPT, KEEP = "accept", "keep"

    decision = forms.ChoiceField(
        label=_("怎样处理"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择怎样处理。")},
    )
    reason = forms.CharField(
        label=_("理由或者依据"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：核对过登记机关的变更登记，或者与来源单位电话核实过。"),
        error_messages={"required": _("请写明处理的理由或者依据。")},
    )

    def __init__(self, *args: Any, name: str, known_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(forms.ChoiceField, self.fields["decision"])
        choice.choices = [
            (self.ACCEPT, _now("按更名办理：主体改用“%s”，拒收的行重新收录") % name),
            (self.KEEP, _now("维持原名“%s”：来表中的名称有误，这一行仍然拒收") % known_name),
        ]
