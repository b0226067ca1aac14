"""Where the public asks whether a document is genuine 文书核验: by its code, or a file with the code in it.

It lies here for the reading process of files from outside, `cases.inspecting`; what is said of a document
is `notices.views`.
"""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from credit_repair.cases.inspecting.process import ReaderDied, check_codes_in
from credit_repair.core.limits import limited
from credit_repair.notices.forms import CheckFileForm, CheckForm, mime_of
from credit_repair.notices.verification import document_with, is_same_file
from credit_repair.notices.views import asked_page, said_page, unknown_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited("check_document")
def ask(request: HttpRequest) -> HttpResponse:
    """Take the code of a document, and lead to what is said of it; or look for the code in a file."""
    if request.method != "POST":
        return asked_page(request, CheckForm())
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return asked_page(request, form)
    code, file = form.cleaned_data["code"], form.cleaned_data["file"]
    if not file:
        return redirect("check_document", code)
    return _with_file(request, form, code, file)


def _with_file(request: HttpRequest, form: CheckForm, code: str, file: UploadedFile) -> HttpResponse:
    """Say what stands behind the code, typed or found in the file, and whether the file is the one issued.

    A picture is never the one issued: it leads to what is said of the document.
    """
    mime = mime_of(file)
    codes = [code] if code else _codes_in(file, mime)
    document = next((found for each in codes if (found := document_with(each))), None)
    if document is None:
        if code:
            form.add_error("code", unknown_words())
        elif codes:
            form.add_error("file", _("文件里的核验码查不到文书：这个文件不是本站签发的。"))
        else:
            form.add_error(
                "file",
                _("没有在文件里找到核验码。请照文书二维码下面的核验码填写；照片不清楚的，请重新拍摄。"),
            )
        return asked_page(request, form, is_unknown=bool(codes))
    if mime != "application/pdf":
        return redirect("check_document", document.check_code)
    file.seek(0)
    return said_page(request, document, CheckFileForm(), same=is_same_file(document, file.chunks()))


def _codes_in(file: UploadedFile, mime: str) -> list[str]:
    try:
        return check_codes_in(file.read(), mime=mime)
    except ReaderDied:
        return []
