"""A project with a live database: a real SQLite file and a real PostgreSQL, and their fences as the cutover makes them."""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

URL = os.environ.get("CAUSEWAY_TEST_PG")


def pytest_configure(config):
    if URL is None:
        raise pytest.UsageError("CAUSEWAY_TEST_PG must name a PostgreSQL server: run `npm run test:django`")


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    import django
    from django.conf import settings
    from django.core.management import call_command

    from causeway_django.address import database_from_url
    from causeway_django.live import database

    name = f"live_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    folder = tmp_path_factory.mktemp("live project")
    lite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3"), "OPTIONS": {"timeout": 10}, "ATOMIC_REQUESTS": True}
    # The live side takes it with every Django.
    immediate = lite | {"OPTIONS": {**lite["OPTIONS"], "transaction_mode": "IMMEDIATE"}}
    if django.VERSION >= (5, 1):
        lite = immediate
    server = {**database_from_url(URL), "NAME": name, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": True}
    settings.configure(
        SECRET_KEY="not secret",
        DATABASES={
            "default": database(sqlite=immediate, postgresql=server, wait=8),
            "sqlite": lite | {"ATOMIC_REQUESTS": False},
            "postgresql": server | {"ATOMIC_REQUESTS": False},
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "causeway_django", "shop"],
        MIDDLEWARE=[
            "causeway_django.live.middleware.LiveSwitchMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        ROOT_URLCONF="shop.urls",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_BACKEND="causeway_django.live.mail.EmailBackend",
        CAUSEWAY_EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        MIGRATION_MODULES={"shop": None},
    )
    django.setup()
    for alias in ("sqlite", "postgresql"):
        call_command("migrate", database=alias, run_syncdb=True, verbosity=0)
    from django.db import connections

    with connections["sqlite"].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        # Of this connection alone, which only prepares and looks.
        cursor.execute("PRAGMA synchronous = OFF")
    yield folder
    connections.close_all()
    with psycopg.connect(URL, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def fences(project):
    from live_fences import Fences

    return Fences(project / "db.sqlite3")


@pytest.fixture
def live(fences):
    """As it is while PostgreSQL follows."""
    fences.reset()
    return fences


@pytest.fixture
def settings_of():
    from django.test import override_settings

    return override_settings
