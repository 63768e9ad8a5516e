"""Settings: typed values from the environment, with defaults that run on a laptop."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext

from kyb_export import logs, looks
from kyb_export.env import (
    ROOT,
    broker,
    cache,
    database,
    env,
    mail,
    networks,
    own_secret,
    secrets_keys,
    signing_keys,
    storage,
)

django_stubs_ext.monkeypatch()

# --- where this installation keeps what it makes, and where it is reached
BASE_DIR = ROOT
DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = env.bool("PRODUCTION", default=False)
VAR_DIR = Path(env.str("VAR_DIR", default="var"))
if not VAR_DIR.is_absolute():
    VAR_DIR = ROOT / VAR_DIR
DATA_DIR = Path(env.str("DATA_DIR", default="../shared/data"))
if not DATA_DIR.is_absolute():
    DATA_DIR = ROOT / DATA_DIR
PORT = env.int("PORT", default=8000)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default=f"http://127.0.0.1:{PORT}")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
TRUSTED_PROXIES = networks(
    env.list("TRUSTED_PROXIES", default=[]), name="TRUSTED_PROXIES"
)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = own_secret("django", VAR_DIR)
# Those before it: what they signed still holds, and nothing is signed with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Empty: SECRET_KEY. So that another one need not give everybody another pseudonym.
PSEUDONYM_KEY = env.str("PSEUDONYM_KEY", default="")
SIGNING_KEYS = signing_keys(
    env.str("SIGNING_KEYS", default=""), VAR_DIR, production=PRODUCTION
)
SECRETS_KEYS = secrets_keys(
    env.str("SECRETS_KEYS", default=""), VAR_DIR, production=PRODUCTION
)

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "customers",
    "exports",
    "templates_app",
]
MIDDLEWARE = [
    "kyb_export.requests.RequestIdMiddleware",
    "kyb_export.metrics.MetricsMiddleware",
    "kyb_export.slow_clients.SlowClientMiddleware",
    "kyb_export.whole_answers.WholeAnswerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kyb_export.language.AdminLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "kyb_export.urls"
WSGI_APPLICATION = "kyb_export.wsgi.application"
APPEND_SLASH = False
AUTH_USER_MODEL = "customers.User"
LOGIN_REDIRECT_URL = "/admin/"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "customers.permissions.RoleBackend",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["kyb_export.strict_pages.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator")
]

# --- the parts a deployment chooses, each by one URL
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
if DATABASE_URL.startswith("sqlite:"):
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {
    "default": database(DATABASE_URL, read_only=False),
    "snapshot": database(DATABASE_URL, read_only=True),
}
# A role that reads the views of custom queries alone; SQLite needs none.
QUERY_DATABASE_URL = env.str("QUERY_DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": cache(REDIS_URL),
    "guard": {
        "BACKEND": "kyb_export.guard_cache.GuardCache",
        "LOCATION": "guard",
        # Who comes from many addresses must not push the counts of others out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
RATELIMIT_USE_CACHE = "guard"
_BROKER = broker(env.str("CELERY_BROKER_URL", default=REDIS_URL), VAR_DIR / "broker")
EXPORT_STORAGE_URL = storage(
    env.str("EXPORT_STORAGE_URL", default=(VAR_DIR / "exports").as_uri())
)

# --- mail
EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(mail(EMAIL_URL, VAR_DIR / "mail"))
MAIL_IS_SET_UP = bool(EMAIL_URL) or not PRODUCTION
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="kyb-export@localhost")
EMAIL_TIMEOUT = 10

# --- background work
CELERY_BROKER_URL = _BROKER["url"]
CELERY_BROKER_TRANSPORT_OPTIONS = _BROKER["options"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = env.int("EXPORT_JOB_TIME_LIMIT_SECONDS", default=6 * 3600)
# The beat's tasks: they do not wait behind a thousand messages about jobs.
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "reap": {"task": "exports.reap", "schedule": 5.0},
    "expire": {"task": "exports.expire", "schedule": 60.0},
    "run_due": {
        "task": "templates_app.run_due",
        "schedule": env.float("EXPORT_SCHEDULE_LOOK_SECONDS", default=60.0),
    },
}
CELERY_TIMEZONE = "UTC"

# --- the service's own knobs; exports/conf.py has their types, defaults and meaning
EXPORTS: dict[str, Any] = {"TEMPLATE_RESOLVER": "templates_app.library.resolve"}

# --- HTTP
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
SECURE_CONTENT_TYPE_NOSNIFF = True
SILENCED_SYSTEM_CHECKS = [
    # Redirects to HTTPS, and HSTS, are the proxy's where TLS ends: docs/operations.md.
    *("security.W004", "security.W008"),
    # It does not know the guard's cache, which counts in Redis where there is one.
    "django_ratelimit.W001",
]
CONTENT_SECURITY_POLICY = looks.POLICY
SESSION_ENGINE = "kyb_export.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https:")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "customers.authentication.ApiKeyAuthentication",
        "customers.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "kyb_export.openapi.ApiSchema",
    "EXCEPTION_HANDLER": "kyb_export.problems.handle",
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "KYB Export",
    "DESCRIPTION": "Exports of Know-Your-Business data: complete, or an error.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "JobStatusEnum": "exports.states.JobStatus.values",
        "WebhookStatusEnum": "exports.states.WebhookStatus.values",
        "DestinationKindEnum": "exports.states.DestinationKind.values",
        "AvailabilityEnum": ["ok", "unavailable"],
    },
}

# --- language, time, assets
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
WHITENOISE_USE_FINDERS = True
UNFOLD = looks.UNFOLD

# --- figures for Prometheus
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_DIR = VAR_DIR / "metrics"
METRICS_DIR.mkdir(parents=True, exist_ok=True)
# prometheus_client reads it when it is first imported. What a parent process left there
# may be another installation's.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

LOGGING: dict[str, Any] = logs.from_environment()
