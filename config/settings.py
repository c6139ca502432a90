"""Settings, all from the environment; `.env.example` lists every one. An unclear value stops the start."""

import sys
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accounts.addresses import networks

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env("ENV_FILE", default=str(BASE_DIR / ".env")))

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
# Keys of before: what they signed still counts, nothing new is signed by them.
SECRET_KEY_FALLBACKS = env.list("OLD_SECRET_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Cookies over https only, unless the site itself is told to be plain http (a try-out on one machine).
HTTPS = env.bool("HTTPS", default=True)

try:
    TRUSTED_PROXIES = networks(env.list("TRUSTED_PROXIES", default=[]))
except ValueError as error:
    raise ImproperlyConfigured(f"TRUSTED_PROXIES 应为代理的地址或网段，逗号分隔，不能是全部地址：{error}") from error

if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY 至少 50 个字符")

INSTALLED_APPS = [
    # Before Django's own, so that its commands for passwords are found first.
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_fsm",
    "simple_history",
    "django_htmx",
    "csp",
    "audit",
    "documents",
    "flow",
    "catalog",
    "stock",
    "customers",
    "orders",
    "production",
    "quality",
    "finance",
    "shipping",
    "portal",
    "home",
]

MIDDLEWARE = [
    # First of all, so that everything below reads the client's own address and scheme.
    "accounts.addresses.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.doorstep.Doorstep",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.devices.KeepDevice",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.door.Door",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# Plain fields are drawn by functions, the others by templates, our own of templates/django/forms first.
FORM_RENDERER = "accounts.drawing.Renderer"

# One database everywhere. The application's role cannot change history; the owner's URL is used by `migrate` alone.
# Past a pooler go those who keep something of the connection between two transactions: the relay listens, a load of the
# demo company holds a lock.
DIRECT = env("DATABASE_DIRECT_URL", default="")
PAST = {"migrate": env("DATABASE_OWNER_URL", default="") or DIRECT, "relay": DIRECT, "demo": DIRECT}
ADDRESS = PAST.get(sys.argv[1] if sys.argv[1:] else "")
DATABASES = {"default": env.db_url_config(ADDRESS) if ADDRESS else env.db_url("DATABASE_URL")}
# Each transaction may have another connection (PgBouncer, pool_mode = transaction).
DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False) and not ADDRESS
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL 必须是 PostgreSQL")
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
# What the database's roles ask of each session (audit/grants.py says it to them after each migrate); a pooler takes no
# such options at the start of a connection.
# Lists join up to a dozen tables. Left at eight, the planner does not see all the ways to join them, and reads every
# line there is for a queue of fifty. No statement runs so long that compiling it would pay. What is prepared is written
# so that one plan serves whatever is given (audit/prepared.py); else the first five are planned each anew. What the URL
# asks for comes last and has its way. Whoever gave up waiting, or was killed, leaves no statement running.
SESSIONS = {
    "join_collapse_limit": 12,
    "from_collapse_limit": 12,
    "geqo_threshold": 14,
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "client_connection_check_interval": "10s",
}
# Seconds, but for the last: a machine or a network that went away is noticed (B24).
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
DATABASES["default"]["OPTIONS"] = PATIENCE | DATABASES["default"].get("OPTIONS", {})
SCHEMA_SNAPSHOT = BASE_DIR / "config" / "schema.sql"
DATABASE_APP_ROLE = env("DATABASE_APP_ROLE", default="oms_app")

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")

AUTHENTICATION_BACKENDS = ["accounts.backends.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
FACES_ROOT = Path(env("FACES_ROOT", default=str(DATA_DIR / "faces")))
# What was sealed each night, outside the database; its heads go to this address as well.
HEADS_ROOT = Path(env("HEADS_ROOT", default=str(DATA_DIR / "heads")))
# What is not «立即» rings in working time only; what was said at night, in lunch or on a day off when the house opens.
NOTICES_IN_WORKING_TIME = env.bool("NOTICES_IN_WORKING_TIME", default=True)
AUDIT_HEADS_EMAIL = env("AUDIT_HEADS_EMAIL", default="")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "documents.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="orders@localhost")
EMAIL_TIMEOUT = 20  # each answer; the whole conversation is bounded in documents/smtp.py
# How long a customer may open the page of an order by the link that was sent.
CUSTOMER_LINK_DAYS = env.int("CUSTOMER_LINK_DAYS", default=180)

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# The header reaches here from a trusted proxy only: see accounts/addresses.py.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "home.errors.csrf_failed"
SESSION_ENGINE = "accounts.sessions"
# The end of a log-in: so long unused, and so long after it began in any case.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
if SESSION_IDLE_MINUTES < 1 or SESSION_COOKIE_AGE < 1:
    raise ImproperlyConfigured("SESSION_IDLE_MINUTES 与 SESSION_HOURS 必须大于 0")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

CELERY_BROKER_URL = REDIS_URL
# Of what beat wakes. A row of the outbox goes to the queue its channel names (documents/outbox.py).
CELERY_TASK_DEFAULT_QUEUE = "long"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 1, "socket_connect_timeout": 0.5, "max_retries": 0}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
# An import of thousands of rows takes minutes; a rendering is bounded by itself.
CELERY_TASK_TIME_LIMIT = 1800
# Catch-up lives in the database: a night that beat missed is pushed by the next run.
CELERY_BEAT_SCHEDULE = {
    "push-dates": {"task": "orders.tasks.push_dates", "schedule": crontab(hour=0, minute=10)},
    "keep-watch": {"task": "home.keep_watch", "schedule": crontab(hour=0, minute=40)},
    "sweep-owed": {"task": "orders.tasks.sweep", "schedule": crontab(minute=30)},
    "arrival-checks": {"task": "shipping.tasks.look_at_the_clock", "schedule": crontab(minute="*/5")},
    "supervision": {"task": "production.tasks.begin_day", "schedule": crontab(minute="*/15", hour="8-20")},
    "calendar": {"task": "flow.tasks.look_at_the_calendar", "schedule": crontab(hour=1, minute=10)},
    "overdue": {"task": "orders.tasks.tell_overdue", "schedule": crontab(minute="*/5")},
    "stock": {"task": "stock.tasks.look_at_stock", "schedule": crontab(hour=5, minute=0)},
    "collecting": {"task": "finance.tasks.collect", "schedule": crontab(hour=8, minute=40)},
    "grades": {"task": "finance.tasks.suggest", "schedule": crontab(hour=6, minute=0)},
    "digests": {"task": "home.send_digests", "schedule": crontab(minute="*/5")},
    "sweep-sessions": {"task": "accounts.sweep_sessions", "schedule": crontab(hour=3, minute=20)},
    "sweep-files": {"task": "documents.sweep_files", "schedule": crontab(hour=3, minute=0)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
