"""How somebody wants pages shown 适老化: large type, strong contrast. A cookie, read on the server."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

COOKIE_AGE = 365 * 24 * 3600
LARGE, HIGH = "large", "high"


@dataclass(frozen=True)
class Display:
    """`text` is "large" or nothing, `contrast` "high" or nothing: what stands in <html data-…>."""

    text: str = ""
    contrast: str = ""

    def switches(self) -> list[dict[str, Any]]:
        """Return the buttons that change it: what each posts, and whether it is on."""
        return [
            {"name": "text", "value": "" if self.text else LARGE, "on": bool(self.text), "label": _("大字")},
            {
                "name": "contrast",
                "value": "" if self.contrast else HIGH,
                "on": bool(self.contrast),
                "label": _("高对比"),
            },
        ]


def cookie_name() -> str:
    """Return the cookie's name, bound to this host where the site's own cookies are."""
    return "__Host-display" if settings.HTTPS else "display"


def display_of(request: HttpRequest) -> Display:
    """Return what the visitor has chosen; whatever else the cookie says counts as nothing."""
    chosen = request.COOKIES.get(cookie_name(), "").split("-")
    return Display(text=LARGE if LARGE in chosen else "", contrast=HIGH if HIGH in chosen else "")


def changed(display: Display, posted: Any) -> Display:
    """Return `display` with the switch that was pressed."""
    text, contrast = posted.get("text"), posted.get("contrast")
    return Display(
        text=display.text if text is None else LARGE if text == LARGE else "",
        contrast=display.contrast if contrast is None else HIGH if contrast == HIGH else "",
    )


def keep(response: HttpResponseBase, display: Display) -> None:
    """Write the choice into the visitor's cookie; none is needed for pages as they are."""
    value = "-".join(filter(None, (display.text, display.contrast)))
    if value:
        response.set_cookie(
            cookie_name(), value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
        )
    else:
        response.delete_cookie(cookie_name(), samesite="Lax")
