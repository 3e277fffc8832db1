"""Django's settings: everything lives in the data home, and nothing leaves this machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from zoneinfo import available_timezones

from irtherapy.edge import languages
from irtherapy.edge.home import DATABASE, data_home

HERE = Path(__file__).resolve().parent
HOME = data_home()


def secret_key(folder: Path) -> str:
    """Return the key of this installation, made once and readable by its owner alone."""
    path = folder / "secret-key"
    if not path.exists():
        part = folder / f"secret-key.{os.getpid()}"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(part)  # whole or not at all; the first of two starts wins
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            part.replace(path)
        part.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")


def local_zone() -> str:
    """Return the name of this machine's time zone; "UTC" when it cannot be told."""
    named = os.environ.get("TZ", "").lstrip(":")
    link = Path("/etc/localtime")
    if not named and link.exists() and "zoneinfo/" in (real := link.resolve().as_posix()):
        named = real.split("zoneinfo/", 1)[1]
    return named if named in available_timezones() else "UTC"


SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PASS_PHRASE_HASH = ""  # set by the server when it listens beyond loopback

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "irtherapy.edge.records.apps.RecordsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "irtherapy.edge.web.middleware.content_security",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "irtherapy.edge.web.middleware.pass_phrase_gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "irtherapy.edge.web.measures.in_chosen_units",
]
ROOT_URLCONF = "irtherapy.edge.web.urls"
ASGI_APPLICATION = "irtherapy.edge.web.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "irtherapy.edge.web.claims",
                "irtherapy.edge.web.measures",
                "irtherapy.edge.web.telling",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / DATABASE,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_NAME = "irtherapy_session"
CSRF_COOKIE_NAME = "irtherapy_csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
TIME_ZONE = local_zone()
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = list(languages.offered())
LOCALE_PATHS = [languages.FOLDER]
FORMAT_MODULE_PATH = ["irtherapy.edge.web.formats"]
LANGUAGE_COOKIE_AGE = 400 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = None
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a form sent back, a page not found: told in the browser
}
