"""What an enterprise fills in to agree to electronic service 同意电子送达."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class ConsentForm(forms.Form):
    """One tick, made on purpose."""

    agreed = forms.BooleanField(
        error_messages={"required": _("请先阅读上面的说明；同意的，勾选这一项再提交。不同意的，不用办理。")}
    )

    def __init__(self, *args: Any, subject_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = _now("我代表“%(name)s”同意电子送达") % {"name": subject_name}
