"""Files that come with an application, whole or in parts."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.models import Attachment
from credit_repair.repairs.services.uploads import Target

#: As what a file may come in for a draft.
KINDS = (Attachment.Kind.COMMITMENT, Attachment.Kind.PROOF, Attachment.Kind.FORM)


def kinds_at(*, at_window: bool) -> tuple[str, ...]:
    """Return as what a file may come in. The signed application form is the window's: online the person has
    answered themself."""
    return tuple(kind for kind in KINDS if at_window or kind != Attachment.Kind.FORM)


class _SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files of one name."""

    widget = _SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files; an empty one is refused with words when it is kept, with its name."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class _ForOneForm(forms.Form):
    case = forms.UUIDField(required=False)
    item = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    @property
    def target(self) -> Target:
        """Where the files go; after is_valid()."""
        only: UUID | None = self.cleaned_data["case"]
        return Target(only=(only,) if only else (), item=self.cleaned_data["item"])


class FilesForm(_ForOneForm):
    """The plain form: files, and for which one application they are, else for all."""

    file = FilesField(error_messages={"required": _("请选择要上传的文件。")})


class BeginForm(_ForOneForm):
    """What is said of a file before it comes in by parts."""

    kind = forms.ChoiceField()
    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    fingerprint = forms.CharField(max_length=200)

    def __init__(self, *args: Any, at_window: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (*kinds_at(at_window=at_window), Attachment.Kind.OTHER)
        self.fields["kind"].choices = [(kind, kind) for kind in kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A gap belongs to one application, and nothing else comes as other than what is asked for."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        alone = said.get("item") is None and said.get("kind") == Attachment.Kind.OTHER
        if alone or (said.get("item") is not None and not said.get("case")):
            raise forms.ValidationError(_("请刷新页面后再上传。"))
        return said


class UseForm(forms.Form):
    """For which records a file is."""

    case = forms.MultipleChoiceField(
        error_messages={
            "required": _("请至少选择一条信息；不需要这个文件的，请删除它。"),
            "invalid_choice": _("请选择这次申请里的信息。"),
        }
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = choices  # type: ignore[attr-defined]
