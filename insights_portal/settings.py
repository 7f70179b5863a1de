"""Settings, safe for production, read from the environment (see README, *Configuration*)."""

import logging
from pathlib import Path
from typing import Any

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured

from insights_portal.api.configuration import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 - Django reads them
from insights_portal.sign_in_settings import *  # noqa: F403 - Django reads them

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
SECRET_KEY_FILE = DATA_DIR / "secret-key"

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and SECRET_KEY_FILE.exists():
    SECRET_KEY = SECRET_KEY_FILE.read_text().strip()
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random value into the environment, for example with "
        "`export SECRET_KEY=$(openssl rand -hex 32)`, and keep it: sign-ins and stored secrets depend on it. "
        "`make setup` makes one for this checkout."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "insights_portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_filters",
    "django_q",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "rest_framework",
    "accounts",
    "policies",
    "credits",
    "summaries",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.AuditMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "insights_portal.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.sign_in.middleware.SignedInUserMiddleware",
    "accounts.middleware.MemberLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.sign_in.middleware.SignInLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.CurrentCompanyMiddleware",
    "accounts.sign_in.middleware.SignInRulesMiddleware",
    "insights_portal.middleware.PrivateResponseMiddleware",
    "insights_portal.middleware.RequestLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "insights_portal.urls"
WSGI_APPLICATION = "insights_portal.wsgi.application"
ASGI_APPLICATION = "insights_portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": ["insights_portal.lib.template_loading.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.portal",
            ],
        },
    }
]

#: One writer at a time: immediate transactions wait for their turn where Django's defaults fail.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
        "PRAGMA cache_size=-20000; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    # Never a connection pool: forked queue workers would read each other's rows.
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    # Statements are prepared only where code asks for it, on a cursor of its own; Django's cursors never do.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        options="-c lock_timeout=10s -c statement_timeout=30s", prepare_threshold=5
    )

#: Shared by all processes, so that a limit on sign-ins is one limit. `redis://…` takes the load off the database.
CACHES = {
    "default": env.cache("CACHE_URL", default="dbcache://portal_cache?MAX_ENTRIES=100000"),
    # Parts of pages that are the same for all members in one language; each process keeps its own until it ends.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fragments"},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None

LANGUAGE_CODE = "en"
#: Each by the name that its readers know it by; the texts lie in `locale/`.
LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "insights_portal" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["insights_portal.formats"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
#: Where the portal is (`https://portal.example`): begins the links in mails, which no request asks for.
PORTAL_URL = env.str("PORTAL_URL", default="").rstrip("/")

#: Who sells credits: on receipts, and told of orders beside the operators who have an account here.
OPERATOR_NAME = env.str("OPERATOR_NAME", default="Session Insights")
#: Lines are separated by a line break, in the environment by `\\n`.
OPERATOR_ADDRESS = env.str("OPERATOR_ADDRESS", default="").replace("\\n", "\n")
OPERATOR_TAX_ID = env.str("OPERATOR_TAX_ID", default="")
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")
#: How to pay by invoice, in a sentence or two that every buyer reads: an account, what to name.
PAYMENT_INSTRUCTIONS = env.str("PAYMENT_INSTRUCTIONS", default="")
#: Dotted path of a class as `credits.payments` describes it. Empty: by invoice, and the operator confirms.
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="")

# Uploads: a recording larger than memory allows is spooled to a file without a name (raw text stays off disk
# as far as anything can find it).
FILE_UPLOAD_HANDLERS = ["insights_portal.lib.uploads.UnlinkedFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
RECORDING_MAX_BYTES = env.int("RECORDING_MAX_BYTES", default=200 * 1024 * 1024)
SESSION_MAX_INTERACTIONS = env.int("SESSION_MAX_INTERACTIONS", default=100_000)

#: retry > timeout × (1 + (queue_limit + bulk) / workers): otherwise a running task is handed out twice.
QUEUE_WORKERS = env.int("QUEUE_WORKERS", default=2)
Q_CLUSTER = {
    "name": "session-insights",
    "orm": "default",
    "workers": QUEUE_WORKERS,
    "bulk": 1,
    "queue_limit": QUEUE_WORKERS,
    "timeout": 600,
    "retry": 600 * 3 + 60,
    "ack_failures": True,
    "max_attempts": 3,
    "save_limit": -1,
    "catch_up": False,
    "poll": 0.5,
    "label": "Queue",
}

#: How long a worker may hold a summary before the sweeper frees it, in seconds; beyond the engine's time budget.
GENERATION_LEASE_SECONDS = env.int("GENERATION_LEASE_SECONDS", default=900)
GENERATION_MAX_ATTEMPTS = 3
ENGINE_TIMEOUT_SECONDS = env.float("ENGINE_TIMEOUT_SECONDS", default=120.0)
ENGINE_MAX_RETRIES = env.int("ENGINE_MAX_RETRIES", default=2)
#: The most that one summary may take at the engine, retries, pauses and parts included; below the queue's timeout.
ENGINE_BUDGET_SECONDS = env.float("ENGINE_BUDGET_SECONDS", default=420.0)
#: Where the engine is when a company names no base URL of its own.
ENGINE_DEFAULT_BASE_URL = env.str("ENGINE_DEFAULT_BASE_URL", default="https://api.anthropic.com")
#: The model when a company names none. Empty: the first model of this family in the SDK's own listing (newest first).
ENGINE_DEFAULT_MODEL = env.str("ENGINE_DEFAULT_MODEL", default="")
ENGINE_MODEL_FAMILY = env.str("ENGINE_MODEL_FAMILY", default="sonnet")
ENGINE_MAX_OUTPUT_TOKENS = env.int("ENGINE_MAX_OUTPUT_TOKENS", default=16_000)
#: A longer session goes to the engine in parts, of which there are at most so many. Tokens are estimated.
ENGINE_PART_TOKENS = env.int("ENGINE_PART_TOKENS", default=60_000)
ENGINE_MAX_PARTS = env.int("ENGINE_MAX_PARTS", default=12)
#: What one session may use at the engine, input and output, repairs and retries included. Beyond it the built-in engine
#: writes the summary.
ENGINE_TOKENS_PER_SESSION = env.int("ENGINE_TOKENS_PER_SESSION", default=2_000_000)
#: What one company may use at engines on one day; what comes after waits for the next. 0: no ceiling.
ENGINE_TOKENS_PER_COMPANY_DAY = env.int("ENGINE_TOKENS_PER_COMPANY_DAY", default=0)
#: Summaries of remote engines that one queue task has in flight, and the text that they may take in memory, in bytes.
GENERATION_IN_FLIGHT = env.int("GENERATION_IN_FLIGHT", default=700)
GENERATION_BYTES_IN_FLIGHT = env.int("GENERATION_BYTES_IN_FLIGHT", default=64 * 1024 * 1024)
#: Queue tasks, over all machines, that wait for remote engines at the same time; QUEUE_WORKERS must be more than this,
#: or nothing else is done while they wait.
GENERATION_RUNS = env.int("GENERATION_RUNS", default=1)
#: How long a busy engine is waited for before the built-in engine writes the summary, in seconds.
GENERATION_PATIENCE_SECONDS = env.int("GENERATION_PATIENCE_SECONDS", default=4 * 3600)
#: {beginning of a model's name: [input, output]}, in millionths of a US dollar per 1,000 tokens; the longest wins.
ENGINE_PRICES = env.json("ENGINE_PRICES", default={})
#: What one question to the copilot may take at the engine, in seconds and tokens of its answer.
COPILOT_BUDGET_SECONDS = env.float("COPILOT_BUDGET_SECONDS", default=90.0)
COPILOT_MAX_OUTPUT_TOKENS = env.int("COPILOT_MAX_OUTPUT_TOKENS", default=4_000)
#: Questions of one member a minute.
COPILOT_QUESTIONS_A_MINUTE = env.int("COPILOT_QUESTIONS_A_MINUTE", default=10)
#: What a provider asks for a token of a batch, in per cent of ENGINE_PRICES.
ENGINE_BATCH_PRICE_PERCENT = env.int("ENGINE_BATCH_PRICE_PERCENT", default=50)
#: A batch takes at most so many sessions, and about so many bytes of what was recorded in them.
BACKLOG_BATCH_SESSIONS = env.int("BACKLOG_BATCH_SESSIONS", default=500)
BACKLOG_BATCH_BYTES = env.int("BACKLOG_BATCH_BYTES", default=32 * 1024 * 1024)
#: Batches of one backlog that are at the provider at the same time.
BACKLOG_BATCHES_AT_ONCE = env.int("BACKLOG_BATCHES_AT_ONCE", default=4)
#: Sessions of one backlog that are in the ordinary line at the same time.
BACKLOG_IN_LINE = env.int("BACKLOG_IN_LINE", default=50)
#: The most sessions that one backlog takes.
BACKLOG_MAX_SESSIONS = env.int("BACKLOG_MAX_SESSIONS", default=5_000)
#: The deployment's own engine base URLs on private addresses, allowed by the operator.
OUTBOUND_ALLOWED_HOSTS = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])
#: Fernet keys for secrets at rest, newest first; derived from SECRET_KEY when none is named.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
#: Where the demo finds its recordings, beside the tests that check them.
DEMO_RECORDINGS = BASE_DIR / "tests" / "recordings"

_LOG_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Every entry is one line of JSON, whoever wrote it: what a visitor sent can't begin a line or steer a terminal.
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _LOG_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        }
    },
    "filters": {"without_secrets": {"()": "insights_portal.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django-q": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}}
    | {"django.request": {"filters": ["without_secrets"]}}
    | {
        # At DEBUG these write whole requests into the log: session content and headers.
        name: {"level": "WARNING"}
        for name in ("anthropic", "httpx2", "httpcore2")
    },
}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
# Requests with who and from where and never what: no body, no session text.
structlog.configure(
    processors=[*_LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
