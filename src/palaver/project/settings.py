"""All settings of an installation. Each PALAVER_* variable read here is explained in docs/operating.md (a test holds that)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from palaver.kit import env
from palaver.kit.sqlite import library

library.swap()

HOME = env.home()
DEBUG = False
SECRET_KEY = env.secret("PALAVER_SECRET_KEY", "secret_key")

# Where the outside world finds us. Links in mail are made only from this, and requests for other hosts are refused.
PALAVER_ORIGIN = env.text("PALAVER_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
PALAVER_NAME = env.text("PALAVER_NAME", "Palaver")
PALAVER_SENTENCE = env.text("PALAVER_SENTENCE")
PALAVER_TRUSTED_PROXIES = env.listed("PALAVER_TRUSTED_PROXIES")
PALAVER_WORKERS = int(env.text("PALAVER_WORKERS", "0"))
PALAVER_MAIL_URL = env.text("PALAVER_MAIL_URL")
PALAVER_MAIL_FROM = env.text("PALAVER_MAIL_FROM")
PALAVER_PRIVATE_HOSTS = frozenset(env.listed("PALAVER_PRIVATE_HOSTS"))
PALAVER_SIGN_UP = env.text("PALAVER_SIGN_UP", "open")
PALAVER_TIME_ZONE = env.text("PALAVER_TIME_ZONE", "UTC")
PALAVER_LANGUAGE = env.text("PALAVER_LANGUAGE", "en")

_origin = urlsplit(PALAVER_ORIGIN)
_loopback = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = [_origin.hostname or "127.0.0.1", *env.listed("PALAVER_HOSTS")]
if _origin.hostname in {"127.0.0.1", "localhost", "::1"}:
    ALLOWED_HOSTS = sorted({*ALLOWED_HOSTS, *_loopback})
SECURE = _origin.scheme == "https"


def _database(url: str) -> dict[str, Any]:
    """Django's settings of the database that PALAVER_DATABASE_URL names; SQLite in the home when it names none."""
    if not url:
        return {"ENGINE": "palaver.kit.sqlite", "NAME": str(HOME / "palaver.sqlite3"), "CONN_MAX_AGE": None}
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "palaver.kit.sqlite", "NAME": unquote(parts.path), "CONN_MAX_AGE": None}
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SystemExit(
            f"PALAVER_DATABASE_URL begins with {parts.scheme!r}; it must be postgresql://… or be left empty for SQLite."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": _database(env.text("PALAVER_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "palaver.kit.due",
    "palaver.delivery",
    "palaver.live",
    "palaver.community",
    "palaver.accounts",
    "palaver.record",
    "palaver.ballots",
    "palaver.forums",
    "palaver.reading",
    "palaver.standards",
    "palaver.notices",
    "palaver.search",
    "palaver.transfer",
    "palaver.web",
    "palaver.project",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "palaver.web.doors.Viewing",
    "palaver.web.founding.gate.Founding",
    "palaver.web.doors.SameOrigin",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "palaver.project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [str(Path(__file__).resolve().parents[1] / "web" / "templates")],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "palaver.web.templating.environment",
            "auto_reload": False,
            "context_processors": ["palaver.web.shell.for_allauth"],
        },
    },
]

# Accounts: our member, our session, argon2 first; allauth drives sign-up, sign-in and reset.
AUTH_USER_MODEL = "accounts.Member"
SESSION_ENGINE = "palaver.accounts.sessions"
SESSION_COOKIE_NAME = "palaver_session"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "palaver.web.errors.expired"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "palaver.web.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SIGNUP_FIELDS = (
    ["username*", "email*", "password1*"] if PALAVER_MAIL_URL else ["username*", "email", "password1*"]
)
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if PALAVER_MAIL_URL else "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _origin.scheme
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_FORMS = {
    "add_email": "palaver.web.accounts.forms.Address",
    "login": "palaver.web.accounts.forms.SignIn",
    "signup": "palaver.web.accounts.forms.SignUp",
    "reset_password": "palaver.web.accounts.forms.ForgottenPassword",
    "reset_password_from_key": "palaver.web.accounts.forms.NewPassword",
    "change_password": "palaver.web.accounts.forms.ChangedPassword",
    "set_password": "palaver.web.accounts.forms.FirstPassword",
}

EMAIL_BACKEND = "palaver.delivery.mail.backend.RowBackend"
DEFAULT_FROM_EMAIL = PALAVER_MAIL_FROM or f"{PALAVER_NAME} <palaver@{_origin.hostname or 'localhost'}>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# allauth's rate limits and nothing else use Django's cache; it is per process and holds nothing durable.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = PALAVER_LANGUAGE
LANGUAGES = [("en", "English")]
CSRF_TRUSTED_ORIGINS = [PALAVER_ORIGIN]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [str(Path(__file__).resolve().parents[1] / "locale")]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
SECURE_PROXY_SSL_HEADER = None
USE_X_FORWARDED_HOST = False
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = ["account.W001"]
