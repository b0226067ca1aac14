"""Settings, all from the environment; the defaults run a bare laptop on SQLite with no broker.

Every variable is read here and nowhere else. docs/operate.md lists them.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("VAR_DIR", default=BASE_DIR / "var")
# Database, files, mails: all that must be kept lies here, and is for nobody else on the machine.
VAR_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
# The demo is a closed show on this machine: fixed accounts, invented data, its mails on a page.
DEMO = env.bool("DEMO", default=False)
# Without a key of its own an installation runs only as a demo or in tests: `check --deploy` says so.
INSECURE_SECRET_KEY = "insecure-key-for-the-demo-and-for-tests-only-0123456789"  # noqa: S105
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The assumed day, for demonstrations and for browser tests: core.clock.today() returns it.
ASSUMED_TODAY = env.date("ASSUMED_TODAY", default=None)

# Rule files of the installation's own province, city or sectors, laid over the bundled ones.
RULES_DIR = env.path("RULES_DIR", default=None)

# Keys of the encrypted columns, newest first; older ones still decrypt. 32 bytes, url-safe base64.
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[])

INSTALLED_APPS = [
    "credit_repair.core",
    "credit_repair.rules",
    "credit_repair.registry",
    "credit_repair.mail",
    "credit_repair.people.apps.PeopleConfig",
    "credit_repair.notices",
    "credit_repair.platforms",
    "credit_repair.cases",
    "credit_repair.rulings",
    "credit_repair.commitments",
    "credit_repair.rectification",
    "credit_repair.repairs",
    "credit_repair.outreach",
    "credit_repair.dossier",
    "credit_repair.reminders",
    "credit_repair.home",
    "credit_repair.demo",
    "credit_repair.people.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "simple_history",
    "django.contrib.humanize",
    "django_bootstrap5",
    "bootstrap",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "credit_repair.core.headers.protective_headers",
    "csp.middleware.CSPMiddleware",  # so early that static files and refused requests have a policy, too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "credit_repair.core.maintenance.closed_for_maintenance",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "credit_repair.core.languages.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "credit_repair.people.middleware.end_of_session",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "credit_repair.core.null_characters.refuse_null_characters",
    "credit_repair.registry.law.one_law_a_request",
    "credit_repair.people.reach.one_reach_a_page",
    "credit_repair.home.law_broken.explain_broken_law",
    "credit_repair.people.middleware.second_factor",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "credit_repair.urls"
WSGI_APPLICATION = "credit_repair.wsgi.application"
ASGI_APPLICATION = "credit_repair.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "credit_repair.home.context.site",
            ],
        },
    },
]

DATABASES = {
    "default": dj_database_url.parse(
        env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'desk.sqlite3'}"),
        conn_max_age=env.int("CONN_MAX_AGE", default=60),
        conn_health_checks=True,
    )
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Two writers on SQLite: each takes the write lock at BEGIN and waits for it, instead of failing
    # with "database is locked" when a read turns into a write.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
elif "postgresql" in DATABASES["default"]["ENGINE"]:
    # Compiling a plan took ten to thirty times as long as running it: the walk that finds what is due asks a
    # question for each row, which PostgreSQL reckons at far more than the few rows that are read cost.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "credit_repair.people.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody acts without signing in
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "credit_repair.people.passwords.NotEasilyGuessed"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_sign_in"
LOGOUT_REDIRECT_URL = "front"

# ---- how people come in (django-allauth, django-axes) --------------------------------------------------
ACCOUNT_ADAPTER = "credit_repair.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": False}
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one counts once it has been confirmed
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "login": "credit_repair.people.sign_in_forms.SignInForm",
    "signup": "credit_repair.people.sign_in_forms.RegisterForm",
    "add_email": "credit_repair.people.sign_in_forms.ChangeAddressForm",
    "change_email": "credit_repair.people.sign_in_forms.CorrectAddressForm",
    "change_password": "credit_repair.people.sign_in_forms.ChangePasswordForm",
    "set_password": "credit_repair.people.sign_in_forms.SetPasswordForm",
    "reset_password": "credit_repair.people.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "credit_repair.people.sign_in_forms.NewPasswordForm",
    "confirm_email_verification_code": "credit_repair.people.sign_in_forms.AddressCodeForm",
    "confirm_password_reset_code": "credit_repair.people.sign_in_forms.ResetCodeForm",
    "reauthenticate": "credit_repair.people.sign_in_forms.ReauthenticateForm",
}
# How often something may be tried; per address of the network unless it says otherwise. What is counted per
# account could be used to lock its owner out, so sign-in counts no accounts here: see AXES below.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {
    "login": "60/m/ip",
    "login_failed": "30/5m/ip",
    "signup": "20/h/ip",
    "reset_password": "20/m/ip,5/10m/key",
    "confirm_email": "1/1m/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "second_factor": "5/10m/key",  # the key is the account and whether it is a device of its owner
    "look_up": "60/m/ip",
    "verify": "60/m/ip",
    "paper": "60/m/ip",
    "check_document": "60/10m/ip",
    "public_notices": "120/10m/ip",
    "case_status": "20/10m/ip",
    # The keys: number of the case and address of the network; the number alone, to hold many addresses back.
    "case_status_wrong": "10/h/key",
    "case_status_wrong_all": "300/h/key",
    "upload": "60/m/user",
    "upload_part": "600/m/user",  # a large file has many, each asked for again after a broken line
    "invitation": "20/m/ip",
    "enquiry": "60/10m/ip",
    "mandate": "20/h/user",
    "unmask": "30/h/user",
    "window": "60/h/user",
    "certificate": "20/h/user",
    "pack": "60/h/user",
    "sighting_report": "20/h/user",
    "commitment": "20/h/user",
    "subject_file": "30/h/user",
    "own_data": "10/h/user",
    "data_request": "20/h/user",
    "letter_file": "60/h/user",
    "csp_report": "60/m/ip",
    # The key: the platform that signed, else the address. Up to 500 receipts each.
    "platform_receipts": "300/m/key",
    "single_sign_on": "30/m/ip",
}
MFA_RATE_LIMITS: dict[str, str] | bool = {"webauthn_login": "30/m/ip"}
if env.bool("RATE_LIMITS_OFF", default=False):  # for load tests and browser tests on one address
    ACCOUNT_RATE_LIMITS = False
    MFA_RATE_LIMITS = False
# Who signs documents for the offices: none, local (key files), service. See notices/signing.py.
# Empty: none, and in a demo keys of its own.
DOCUMENT_SIGNER = env.str("DOCUMENT_SIGNER", default="")
SIGNING_KEYS = env.path("SIGNING_KEYS", default=VAR_DIR / "signing")
SIGNING_PASSPHRASE = env.str("SIGNING_PASSPHRASE", default="")
SIGNING_URL = env.str("SIGNING_URL", default="")
SIGNING_TOKEN = env.str("SIGNING_TOKEN", default="")
# Whether officials and administrators must have a second factor. Off in the demo, whose accounts are known.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
MFA_ADAPTER = "credit_repair.people.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "credit_repair.people.second_factor_forms.AuthenticateForm",
    "reauthenticate": "credit_repair.people.second_factor_forms.ReauthenticateForm",
    "authenticate_webauthn": "credit_repair.people.second_factor_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "credit_repair.people.second_factor_forms.ReauthenticatePasskeyForm",
    "login_webauthn": "credit_repair.people.second_factor_forms.SignInByPasskeyForm",
    "activate_totp": "credit_repair.people.second_factor_forms.ActivateForm",
    "add_webauthn": "credit_repair.people.second_factor_forms.AddPasskeyForm",
    "edit_webauthn": "credit_repair.people.second_factor_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = env.str("SITE_NAME", default="信用修复服务")
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
USERSESSIONS_TRACK_ACTIVITY = False  # people.middleware notes it once a minute, not with every request
SOCIALACCOUNT_ADAPTER = "credit_repair.people.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_FORMS = {
    "signup": "credit_repair.people.single_sign_on_forms.IdentityForm",
    "disconnect": "credit_repair.people.single_sign_on_forms.DisconnectForm",
}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds for each answer of a provider: a person waits
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address alone never opens another's account
SOCIALACCOUNT_STORE_TOKENS = False
# Single sign-on of enterprises and of officials, each an OpenID Connect provider; docs/operate.md.
SINGLE_SIGN_ON: dict[str, dict[str, Any]] = {
    kind: {
        "name": env.str(f"SSO_{kind.upper()}_NAME", default=name),
        "server_url": env.str(f"SSO_{kind.upper()}_URL", default=""),
        "client_id": env.str(f"SSO_{kind.upper()}_CLIENT_ID", default=""),
        "secret": env.str(f"SSO_{kind.upper()}_SECRET", default=""),
        # Whether the provider itself asks for a second factor, so that this site need not ask again.
        "second_factor": env.bool(f"SSO_{kind.upper()}_SECOND_FACTOR", default=False),
        # Values of the claim acr by which the provider says so, beside the methods of RFC 8176 in amr.
        "acr": env.list(f"SSO_{kind.upper()}_ACR", default=[]),
        # Whether an official's identity is connected by itself to the account with the same verified address.
        "trust_email": env.bool(f"SSO_{kind.upper()}_TRUST_EMAIL", default=False),
        # Hosts of the provider's own sign-in page, where it is not the host of the URL: https://login.example
        "origins": env.list(f"SSO_{kind.upper()}_ORIGINS", default=[]),
    }
    for kind, name in (("enterprise", "企业统一身份认证"), ("official", "政务人员统一身份认证"))
}
SINGLE_SIGN_ON_ORIGINS = [
    origin
    for sso in SINGLE_SIGN_ON.values()
    if sso["server_url"]
    for origin in ("/".join(sso["server_url"].split("/")[:3]), *sso["origins"])
]
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": kind,
                "name": sso["name"],
                "client_id": sso["client_id"],
                "secret": sso["secret"],
                "settings": {"server_url": sso["server_url"], "oauth_pkce_enabled": True},
            }
            for kind, sso in SINGLE_SIGN_ON.items()
            if sso["server_url"]
        ]
    }
}
# No variable of the environment turns it on: tests alone speak to a provider without TLS.
SSO_WITHOUT_TLS = False
# A plugin that proves who may act for a subject; without one the office looks at the letter.
IDENTITY_PLUGIN = env.str("IDENTITY_PLUGIN", default="")
# Which claims of the enterprises' single sign-on name the organisation that the person acts for.
SSO_CODE_CLAIM = env.str("SSO_CODE_CLAIM", default="org_code")
SSO_ORGANISATION_CLAIM = env.str("SSO_ORGANISATION_CLAIM", default="org_name")
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
# Working days in which the office usually looks at a letter of authorisation: said to who waits, not counted.
MANDATE_REVIEW_DAYS = env.int("MANDATE_REVIEW_DAYS", default=3)

# Locked is who failed from one address for one name, never the name itself; a device from which the person
# came in before is not counted (people.lockout), so that nobody can lock another out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_WHITELIST_CALLABLE = "credit_repair.people.lockout.is_known_device"
AXES_NEVER_LOCKOUT_WHITELIST = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "credit_repair.people.lockout.name_tried"
AXES_CLIENT_IP_CALLABLE = "credit_repair.core.network.client_network"
AXES_LOCKOUT_CALLABLE = "credit_repair.people.lockout.locked"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Neither its log nor its table keeps what was typed: a name may be a slip for the password.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "email", "csrfmiddlewaretoken", "next"]
# How many proxies stand before the site: their entries of X-Forwarded-For are believed, no others.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Idle and absolute end of a session. Officials' desks are shared rooms.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=30)
SESSION_HOURS = env.int("SESSION_HOURS", default=8)

CACHE_URL = env.str("CACHE_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"serializer": "credit_repair.core.plain_cache.PlainSerializer"},
    }
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["credit_repair.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site loads anything from here
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a missing one, though a demo serves from the packages
WHITENOISE_USE_FINDERS = DEBUG or DEMO
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "files")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "files"  # never served by URL: every file goes through a view that asks for permission
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750  # for nobody else on the machine
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10 * 1024 * 1024)
# A ClamAV daemon that looks at every file that comes in: path of its socket, or host:port; "" for none.
CLAMAV_SOCKET = env.str("CLAMAV_SOCKET", default="")
# Where files are exchanged with platforms, a folder for each (docs/messages.md), and for how many days what
# was read or refused is kept there.
EXCHANGE_ROOT = env.path("EXCHANGE_ROOT", default=VAR_DIR / "exchange")
EXCHANGE_KEEP_DAYS = env.int("EXCHANGE_KEEP_DAYS", default=30)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=100 * 1024 * 1024)
EXPORT_MAX_ROWS = env.int("EXPORT_MAX_ROWS", default=50_000)

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
CSRF_COOKIE_SAMESITE = "Lax"
HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# A browser takes a cookie with this prefix from this host alone, over TLS: no neighbour can plant one.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
CSRF_FAILURE_VIEW = "credit_repair.home.views.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token themselves; no script reads the cookie
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
# The preload list of browsers is a decision of who owns the whole domain, no setting of one site.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=HTTPS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # data: is Bootstrap's own, for the arrows and ticks in its stylesheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A form that leads to single sign-on is followed there.
        "form-action": [SELF, *SINGLE_SIGN_ON_ORIGINS],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-report/",
        "report-to": "csp",  # the group that core.headers names
    }
}
if HTTPS:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.filebased.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mails"
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="xinyongban@example.gov.cn")

SITE_NAME = env.str("SITE_NAME", default="信用修复服务")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
SITE_PHONE = env.str("SITE_PHONE", default="0561-0000001" if DEMO else "")
SITE_HOURS = env.str("SITE_HOURS", default="工作日8:30至12:00，14:30至17:30" if DEMO else "")
SITE_ADDRESS = env.str("SITE_ADDRESS", default="濉溪县濉河路1号政务服务中心二楼信用窗口" if DEMO else "")
ICP_NUMBER = env.str("ICP_NUMBER", default="")
# Who brings it as a bearer token reads /metrics; empty: that address does not exist.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# While it is on, every page but /health/ answers 503: come back in so many minutes.
MAINTENANCE = env.bool("MAINTENANCE", default=False)
MAINTENANCE_MINUTES = env.int("MAINTENANCE_MINUTES", default=30)
# The demo's own: one password for all its invented people, and the stand-in platform's page.
DEMO_PASSWORD = "xinyong-demo-2026"  # noqa: S105
DEMO_PLATFORM_URL = env.str("DEMO_PLATFORM_URL", default="")
SITE_HOST_NAME = env.str("SITE_HOST_NAME", default="")

# With a broker, Celery runs the jobs; without one, `manage.py run_worker` does. Same rows, same code.
CELERY_BROKER_URL = env.str("BROKER_URL", default="")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "desk"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request never waits for a broker that is down: the job row does.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = (
    # Redis gives a dead worker's task back only after these; the sweeper over job rows is quicker still.
    {
        "visibility_timeout": 300,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {"confirm_publish": True}
)
CELERY_TIMEZONE = TIME_ZONE

MESSAGES_TO_PLATFORMS = {
    "lease_seconds": env.int("MESSAGE_LEASE_SECONDS", default=60),
    "timeout_seconds": env.float("MESSAGE_TIMEOUT_SECONDS", default=10.0),
    "batch": env.int("MESSAGE_BATCH", default=200),
}

# Reports of errors name no values; nor do the workers' logs pass by the filter below.
DEFAULT_EXCEPTION_REPORTER_FILTER = "credit_repair.core.logs.BareReports"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",  # with its zone: lines of several machines are laid together
        }
    },
    "filters": {"hide_secrets": {"()": "credit_repair.core.logs.HideSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_secrets"]}
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "credit_repair": {"level": env.str("LOG_LEVEL", default="INFO")},
        # Django's own handlers know nothing of secrets: what it says goes the same way as all else.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
