"""All settings, in one file.

Without ``CCB_PRODUCTION=1`` the program is a trial: it makes its own key, answers on this
computer only and keeps its data in ``var/``. With it, every secret must come from the
environment; nothing has a default there.

Environment: ``CCB_PRODUCTION``, ``SECRET_KEY``, ``DATABASE_URL``, ``ALLOWED_HOSTS``,
``CCB_VAR`` (directory of everything written), ``STATIC_ROOT``, ``CCB_SESSION_IDLE_MINUTES``,
``CCB_TRUSTED_PROXIES``, ``CCB_STATEMENT_TIMEOUT`` (seconds), ``DEBUG`` (trial only).
"""

import sys
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from ccb.secret_key import read_or_create

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("CCB_PRODUCTION", default=False)
# Only for what tests need beside the program itself. An environment variable would be
# inherited by the servers that tests start, and they must run as they run for people.
TESTING = "pytest" in sys.modules

VAR_DIR = Path(env.str("CCB_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- trial or production -------------------------------------------------------------------

if PRODUCTION:
    required = ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")
    missing = [name for name in required if not env.str(name, default="").strip()]
    if missing:
        raise ImproperlyConfigured(
            "CCB_PRODUCTION=1 nhưng chưa đặt biến môi trường: " + ", ".join(missing) + ". "
            "Chạy chính thức không có giá trị mặc định cho các biến này."
        )
    SECRET_KEY = env.str("SECRET_KEY")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("django-insecure-"):
        raise ImproperlyConfigured(
            "SECRET_KEY quá dễ đoán: phải là chuỗi ngẫu nhiên dài ít nhất 50 ký tự, có ít nhất 10 ký tự khác nhau, "
            "không bắt đầu bằng django-insecure-. Tạo chuỗi mới: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS")]
    if any("*" in host or not host.strip(".") for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS phải ghi rõ từng tên máy chủ, như hoi.example,www.hoi.example; không dùng dấu *, không để riêng dấu chấm."
        )
    if env.bool("DEBUG", default=False):
        raise ImproperlyConfigured("Không được đặt DEBUG khi CCB_PRODUCTION=1.")
    DEBUG = False
else:
    SECRET_KEY = read_or_create(VAR_DIR / "secret.key")
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    DEBUG = env.bool("DEBUG", default=False)

# --- applications --------------------------------------------------------------------------

INSTALLED_APPS = [
    "ccb",
    "members",
    "emulation",
    "reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
]
if TESTING:
    INSTALLED_APPS.append("zeal")  # finds nothing, and says nothing, when it is not here

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ccb.middleware.NoStoreMiddleware",
    "ccb.middleware.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "ccb.middleware.NulMiddleware",
    "members.middleware.SessionLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "members.middleware.ScopeMiddleware",
    "members.middleware.PasswordChangeMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ccb.urls"
WSGI_APPLICATION = "ccb.wsgi.application"

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
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data ----------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'ccb.sqlite3'}"),
}
database = DATABASES["default"]
database["ATOMIC_REQUESTS"] = False
options = database.setdefault("OPTIONS", {})
if database["ENGINE"] == "django.db.backends.sqlite3":
    options["timeout"] = 20
    options["transaction_mode"] = "IMMEDIATE"
    # synchronous stays FULL: what the screen confirmed is on disk.
    options["init_command"] = "PRAGMA journal_mode=WAL"
elif database["ENGINE"] == "django.db.backends.postgresql":
    statement_timeout = env.int("CCB_STATEMENT_TIMEOUT", default=60)
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    options.setdefault("connect_timeout", 10)
    options["options"] = (
        f"-c statement_timeout={statement_timeout}s -c lock_timeout=10s "
        "-c idle_in_transaction_session_timeout=120s -c jit=off"
    )
else:
    raise ImproperlyConfigured("DATABASE_URL chỉ nhận SQLite (sqlite:///…) hoặc PostgreSQL.")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that all workers share it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "ccb_cache",
        # The notes that keep a form from being saved twice must outlive a busy last day.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}

# The immediate backend would run a task inside the transaction of its caller: tests only.
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks.backends.immediate.ImmediateBackend"
            if TESTING
            else "django_tasks_db.DatabaseBackend"
        ),
    },
}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- language, dates, numbers --------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["ccb.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
# Off, or every id and year put into a template would read 2.025. Amounts are grouped where
# they are printed: {{ n|intcomma }}, {{ n|floatformat:"0g" }} or format_number().
USE_THOUSAND_SEPARATOR = False

# --- who may come in -----------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "members.backends.RoleBackend",
]
LOGIN_URL = "members:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "members:login"

PASSWORD_HASHERS = ["ccb.hashers.Argon2id"]
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Locked is one account from one address: neither a whole office behind one address, nor an
# account everywhere because somebody elsewhere guesses at it.
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_USERNAME_CALLABLE = "ccb.throttle.attempted_name"
AXES_CLIENT_IP_CALLABLE = "ccb.throttle.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Addresses of reverse proxies whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env.list("CCB_TRUSTED_PROXIES", default=[])

# --- sessions and cookies ------------------------------------------------------------------

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_MAX_SECONDS = 8 * 3600  # since login, however busy the person is
SESSION_COOKIE_AGE = SESSION_MAX_SECONDS
SESSION_IDLE_SECONDS = 60 * env.int("CCB_SESSION_IDLE_MINUTES", default=30)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-ccb_session" if PRODUCTION else "ccb_session"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-ccb_csrf" if PRODUCTION else "ccb_csrf"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a browser may do with a page -----------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "script-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
# Preloading binds the whole domain of an office for years: its own decision, not ours.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# --- what a browser may send ---------------------------------------------------------------

UPLOAD_MAX_BYTES = 10 * 1024 * 1024  # one request, all its files together
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an entry grid of 170 communes
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_PERMISSIONS = 0o600
MEDIA_ROOT = VAR_DIR / "files"

# --- static files --------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION  # a trial needs no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG or TESTING  # look for a file when it is asked for
# No page asks for the ttf files (they are for PDF), and packing them takes half a minute.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "jpg", "gif", "webp", "woff", "woff2", "gz", "br", "ttf")
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        ),
    },
}

# --- logs: standard error, never a query string --------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # 404 and 403 are everyday answers
        "django_tasks": {"level": "INFO"},
        "django_tasks_db": {"level": "INFO"},
        "fontTools": {"level": "ERROR"},
    },
}
