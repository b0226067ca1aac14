"""Addresses of people's own pages, and of those that say who may come in."""

from django.urls import path

from credit_repair.people import manage_urls, mandate_urls, office_urls
from credit_repair.people.views import account, single_sign_on

urlpatterns = [
    *manage_urls.urlpatterns,
    *mandate_urls.urlpatterns,
    *office_urls.urlpatterns,
    # These two stand before allauth's own of the same name and address.
    path("account/oidc/<str:provider_id>/login/", single_sign_on.login, name="openid_connect_login"),
    path(
        "account/oidc/<str:provider_id>/login/callback/",
        single_sign_on.callback,
        name="openid_connect_callback",
    ),
    path("account/", account.home, name="account_home"),
    path("account/session/", account.session_left, name="account_session"),
    # These three stand before allauth's own of the same name and address.
    path("account/sessions/", account.session_list, name="usersessions_list"),
    path("account/2fa/totp/deactivate/", account.deactivate_codes, name="mfa_deactivate_totp"),
    path("account/2fa/webauthn/keys/<int:pk>/remove/", account.remove_passkey, name="mfa_remove_webauthn"),
    path("account/sessions/<int:pk>/end/", account.end_one_session, name="account_session_end"),
]
