"""To the provider and back again. The addresses are allauth's own, the rules are ours."""

import logging
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from credit_repair.core.limits import limited
from credit_repair.people.openid import Connection
from credit_repair.people.single_sign_on import error_page

logger = logging.getLogger(__name__)


def _answer(view_class: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view_class.adapter_view(Connection(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, ProviderException, OAuth2Error) as error:
        logger.warning("single sign-on %s failed: %s", provider_id, type(error).__name__)
        return error_page(request)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@login_not_required
@limited("single_sign_on")
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Ask whether to go to the provider; a post goes."""
    return _answer(OAuth2LoginView, request, provider_id)


@never_cache
@require_GET
@login_not_required
@limited("single_sign_on", get=True)
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let in who comes back from the provider, or say why not."""
    return _answer(OAuth2CallbackView, request, provider_id)
