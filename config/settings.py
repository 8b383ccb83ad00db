"""Settings of every environment, read from environment variables (docs/deploy.md lists them).

Nothing set: a demonstration on this machine. ``PASSERELLE_ENV=production`` refuses to start without
its secrets.
"""

from datetime import timedelta
from pathlib import Path

import environ
import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from config import documents, embedded, openapi, operator, registers, schedule
from config.documents import CLAMAV_URL  # noqa: F401
from core import logging

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR.parent / "shared" / "data")))

# Who we are, and the secrets

ENVIRONMENT = env.str("PASSERELLE_ENV", default="demo")
if ENVIRONMENT not in {"demo", "production"}:
    raise ImproperlyConfigured("PASSERELLE_ENV is demo or production.")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", default=False)
VERSION = env.str("PASSERELLE_VERSION", default="dev")


def secret(name: str, demo: str) -> str:
    """Read a secret. In production it must be set, and not to the value that everyone can read here."""
    value: str = env.str(name, default="" if PRODUCTION else demo)
    if PRODUCTION and value in {"", demo}:
        raise ImproperlyConfigured(f"Set {name}: production does not start with a default secret.")
    return value


SECRET_KEY = secret("SECRET_KEY", "demo-only-secret-key-never-used-in-production-0123456789")
# The instance's key that wraps the data keys: 32 bytes in base64, see core/sealed.py.
INSTANCE_KEY = secret("INSTANCE_KEY", "ZGVtby1vbmx5LWluc3RhbmNlLWtleS0zMi1ieXRlcyE=")
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("Unset DEBUG: production shows no traces to visitors.")

# Addresses

PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://localhost:{PORT}").rstrip("/")
# Older ones, until `manage.py rewrap_keys` has run.
INSTANCE_KEYS_OLD = env.list("INSTANCE_KEYS_OLD", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if PRODUCTION and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this instance answers to.")
# How many proxies of ours stand in front: they alone may say who the client is and that it came by TLS.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Rooms and doors

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "django_countries",
    "django_filters",
    "django_htmx",
    "csp",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "partners",
    "merchants",
    "catalog",
    "orders",
]
if not PRODUCTION:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.AdminPolicyMiddleware",
    "core.web.maintenance.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.AuditMiddleware",
    "core.web.language.LanguageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.activity.SessionActivityMiddleware",
    "merchants.web.middleware.MerchantMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "merchants.web.visits.VisitMiddleware",
    "core.web.second_factor.StaffSecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.api.middleware.ApiMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "django.template.context_processors.i18n",
                "core.web.context.passerelle",
            ],
        },
    }
]

# Data

DATABASES = {"default": env.db_url("DATABASE_URL", default=embedded.url(VAR_DIR / "pg", "passerelle"))}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
# Statements of core.services.inserting are prepared from their third run on; 0 behind a pooler that cannot.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = env.int("DATABASE_PREPARE_AFTER", default=2) or None
if pool_size := env.int("DATABASE_POOL_SIZE", default=0):
    # Many threads share few connections (web). A process that forks, such as the worker, must not.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)

CACHES = {"default": env.cache_url("CACHE_URL", default="dbcache://cache")}

# WhiteNoise serves what `collectstatic` named by content; with DEBUG the files as they lie.
BY_CONTENT = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": documents.STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else BY_CONTENT
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Documents of merchants: never served by address, only through a view that asks who is there.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600

# History: no index for foreign keys nobody looks history up by. The rest is said in core/audit.py.
PGHISTORY_JSON_ENCODER = "core.audit.ContextEncoder"
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# Work in the background

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
# A request that finds the broker away goes on within a moment: kombu would wait 2 and 4 seconds by default.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_step": 0.1,
}
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(VAR_DIR / "broker" / "messages"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "polling_interval": 0.05,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The database remembers every job: a request does not wait for a broker that is away.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat" / "schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = documents.SCHEDULE | schedule.SCHEDULE

# The sandbox carrier: a client of our own API. Without credentials it rests; the demonstration keeps them
# in a file. At 1440, a day takes a minute.
SANDBOX_CARRIER_API_URL = env.str("SANDBOX_CARRIER_API_URL", default=f"http://127.0.0.1:{PORT}")
SANDBOX_CARRIER_CLIENT_ID = env.str("SANDBOX_CARRIER_CLIENT_ID", default="")
SANDBOX_CARRIER_SECRET = env.str("SANDBOX_CARRIER_SECRET", default="")
SANDBOX_CARRIER_SIGN_INS = None if PRODUCTION else VAR_DIR / "demo-sign-ins.json"
SANDBOX_CARRIER_SPEED = env.float("SANDBOX_CARRIER_SPEED", default=1.0 if PRODUCTION else 1440.0)
if SANDBOX_CARRIER_CLIENT_ID or SANDBOX_CARRIER_SIGN_INS:
    CELERY_BEAT_SCHEDULE["sandbox carrier"] = {
        "task": "orders.sandbox_carrier",
        "schedule": env.float("SANDBOX_CARRIER_EVERY", default=5.0),
        "options": {"expires": 10},
    }

# Mail: one file a message under var/mail, unless EMAIL_URL names a server

EMAIL_FILE_PATH = str(VAR_DIR / "mail")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "core.mail.FolderBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Passerelle <bonjour@passerelle.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# Languages

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

LANGUAGE_COOKIE_NAME = "language"

# What pages say of who runs this instance, and whether they are closed

OPERATOR, REDRESS = operator.OPERATOR, operator.REDRESS
MAINTENANCE = env.bool("MAINTENANCE", default=False)
MAINTENANCE_MINUTES = env.int("MAINTENANCE_MINUTES", default=15)
CSRF_FAILURE_VIEW = "core.web.views.errors.csrf_failure"

# Signing in

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
] + [{"NAME": "core.adapters.pwned_passwords.BreachedPasswordValidator"}]
# The k-anonymity service of breached passwords, such as https://api.pwnedpasswords.com; empty asks none.
PWNED_PASSWORDS_URL = env.str("PWNED_PASSWORDS_URL", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/landing/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_ADAPTER = "core.web.accounts.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "core.web.signup.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# By a code: a sign-up by passkey goes on in the browser that began it, its address unchanged (ADR 0013).
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_ADAPTER = "core.web.accounts.SecondFactorAdapter"
MFA_FORMS = {f"{act}_webauthn": f"core.web.keys.{act.title()}KeyForm" for act in ("add", "signup", "edit")}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Passerelle"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = True

# The registers of companies and of VAT numbers that are asked: config/registers.py

REGISTERS = registers.configuration(env, production=PRODUCTION)

# The desk: django-unfold in our colours, which stand in a stylesheet; see core/web/desk.py

UNFOLD = {
    "SITE_TITLE": "Passerelle",
    "SITE_HEADER": "Passerelle",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("passerelle/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("passerelle/mark.svg")}
    ],
    "COLORS": "core.web.desk.no_colours",
    "STYLES": [lambda request: static("passerelle/admin.css")],
    "SCRIPTS": [lambda request: static("passerelle/js/admin.js")],
    "DASHBOARD_CALLBACK": "core.web.desk.dashboard",
    "SIDEBAR": {"show_search": False, "navigation": "core.web.desk.sidebar"},
    "SHOW_VIEW_ON_SITE": False,
}

# Partners' interface

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["partners.api.authentication.ApplicationAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["partners.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.ApplicationThrottle"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPagination",
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "core.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": None,
}
# Requests a minute of one application, by kind of request (the view's throttle_scope).
API_RATE_LIMITS: dict[str, int] = env.json(
    "API_RATE_LIMITS",
    default={"default": 600, "offers": 600, "orders": 600, "pickup_points": 3000, "tracking": 600},
)
# Requests a minute where a secret is shown (token, revoke, introspect): from one address, for one client.
TOKEN_RATE_LIMITS: dict[str, int] = {"address": 120, "client": 30} | env.json("TOKEN_RATE_LIMITS", default={})
API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", default=1_048_576)
SPECTACULAR_SETTINGS = openapi.SETTINGS
# Tokens of partners: signed (ID tokens) with an RSA key in PEM; the demonstration makes its own under var/.
IDP_OIDC_ADAPTER = "partners.adapters.OIDCAdapter"
IDP_OIDC_PRIVATE_KEY = secret("IDP_OIDC_PRIVATE_KEY", "").replace("\\n", "\n")
IDP_OIDC_INTROSPECTION_ENABLED = True
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = int(timedelta(days=90).total_seconds())

# What a browser may do with our pages. The admin alone is looser, see core.middleware.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": PRODUCTION,
    }
}
# The camera reads barcodes on the packing pages.
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())

# What is watched: one JSON line an event, with the request's id and nobody's personal data

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging.configuration(LOG_LEVEL)
SENTRY_DSN = env.str("SENTRY_DSN", default="")
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
