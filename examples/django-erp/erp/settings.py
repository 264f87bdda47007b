"""
A sample ERP. ERP_SQLITE is its database; with DATABASE_URL it has the live switch to PostgreSQL as well, and nothing else of
it knows. ERP_ATOMIC=1 turns ATOMIC_REQUESTS on, ERP_POOL=1 takes psycopg's pool where Django has it.
"""

import os
from pathlib import Path

import django

from causeway_django.address import database_from_url
from causeway_django.live import database

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ.get("ERP_SECRET_KEY", "a sample's key, which protects nothing")
DEBUG = os.environ.get("ERP_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ERP_HOSTS", "127.0.0.1,localhost").split(",")
ATOMIC_REQUESTS = os.environ.get("ERP_ATOMIC") == "1"

# Writers take SQLite's write lock when they begin, so that none finds the database changed under it. Before 5.1 Django has
# no option for that: erp/immediate is the same backend, with one statement changed.
_sqlite_options = {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous = NORMAL"} if django.VERSION >= (5, 1) else {"timeout": 30}
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3" if django.VERSION >= (5, 1) else "erp.immediate",
    "NAME": os.environ.get("ERP_SQLITE", str(BASE_DIR / "erp.sqlite3")),
    "OPTIONS": _sqlite_options,
    "ATOMIC_REQUESTS": ATOMIC_REQUESTS,
    "CONN_MAX_AGE": 600,
}
if os.environ.get("DATABASE_URL"):
    POSTGRESQL = {**database_from_url(os.environ["DATABASE_URL"]), "ATOMIC_REQUESTS": ATOMIC_REQUESTS}
    if os.environ.get("ERP_POOL") == "1" and django.VERSION >= (5, 1):
        POSTGRESQL["OPTIONS"] = {**POSTGRESQL["OPTIONS"], "pool": {"min_size": 2, "max_size": 40}}
    else:
        POSTGRESQL |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    DATABASES = {"default": database(sqlite=SQLITE, postgresql=POSTGRESQL)}
else:
    DATABASES = {"default": SQLITE}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "causeway_django",
    "base",
    "partners",
    "catalog",
    "inventory",
    "sales",
    "purchasing",
    "accounting",
    "manufacturing",
    "people",
    "crm",
    "projects",
    "support",
]
MIDDLEWARE = [
    "causeway_django.live.middleware.LiveSwitchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
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
            ]
        },
    }
]
ROOT_URLCONF = "erp.urls"
WSGI_APPLICATION = "erp.wsgi.application"
ASGI_APPLICATION = "erp.asgi.application"
SESSION_ENGINE = os.environ.get("ERP_SESSIONS", "django.contrib.sessions.backends.db")
SITE_ID = 1
USE_TZ = True
TIME_ZONE = "UTC"
# What goes wrong stands in the server's log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}, "causeway": {"handlers": ["console"], "level": "INFO"}},
}
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["erp.hashers.SampleHasher"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "causeway_django.live.mail.EmailBackend"
CAUSEWAY_EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
