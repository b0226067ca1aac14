"""Papers 佐证材料 in a form: looked into before anything is locked."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from credit_repair.cases.services.attachments import look_into
from credit_repair.core.uploads import UploadRefused

#: So many files at once.
MOST_PAPERS = 5


class _SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Some files of one name, each looked into and found fit to be kept."""

    widget = _SeveralFilesInput

    def __init__(self, *args: Any, most: int = MOST_PAPERS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files; the first that cannot be kept is refused with words, by its name."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.most:
            words = _("最多上传%s个文件，请把几页合成一个PDF。") % self.most
            raise forms.ValidationError(words, code="too_many")
        for file in files:
            try:
                look_into(file)
            except UploadRefused as refused:
                raise forms.ValidationError(str(refused), code="refused") from refused
        return files
