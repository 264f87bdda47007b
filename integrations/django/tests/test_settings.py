"""Production settings: what they are, what they refuse, and that `check --deploy` has nothing to say."""

from __future__ import annotations

import textwrap
from pathlib import Path

import django
import pytest
from moving import Project
from django.core.exceptions import ImproperlyConfigured

from causeway_django.settings import postgresql

URL = "postgres://app:secret-word@db.example/shop"
HAS_POOL = django.VERSION >= (5, 1)


def database(**arguments):
    return postgresql(arguments.pop("url", URL), environment={}, **arguments)["DATABASES"]["default"]


def test_connections_live_for_ten_minutes_and_are_checked() -> None:
    entry = database()
    assert (entry["CONN_MAX_AGE"], entry["CONN_HEALTH_CHECKS"], entry["ATOMIC_REQUESTS"]) == (600, True, True)
    assert entry["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("url", "arguments", "mode"),
    [
        ("postgres://localhost/x", {}, "prefer"),
        ("postgres://[::1]/x", {}, "prefer"),
        ("postgres:///x?host=/run/postgresql", {}, "prefer"),
        ("postgres://db.example/x?sslmode=disable", {}, "disable"),
        ("postgres://db.example/x?sslmode=disable", {"sslmode": "require"}, "require"),
        ("postgres://db.example/x", {"sslmode": "verify-full", "sslrootcert": "system"}, "verify-full"),
    ],
)
def test_ssl(url: str, arguments: dict, mode: str) -> None:
    assert database(url=url, **arguments)["OPTIONS"]["sslmode"] == mode


def test_a_pool_keeps_the_connections_itself_and_is_refused_where_django_has_none() -> None:
    if not HAS_POOL:
        with pytest.raises(ImproperlyConfigured, match="comes with 5.1"):
            database(pool=True)
        return
    entry = database(pool={"min_size": 2, "max_size": 8})
    assert entry["CONN_MAX_AGE"] == 0
    assert entry["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 8}
    with pytest.raises(ImproperlyConfigured, match="exclude each other"):
        database(pool=True, conn_max_age=60)


def test_pgbouncer_keeps_nothing_on_a_connection() -> None:
    entry = database(pgbouncer=True)
    assert (entry["CONN_MAX_AGE"], entry["DISABLE_SERVER_SIDE_CURSORS"], entry["OPTIONS"]["prepare_threshold"]) == (0, True, None)


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        ({"url": ""}, {}, "DATABASE_URL"),
        ({"url": "mysql://app:secret-word@h/x"}, {}, "postgres://"),
        ({"sslmode": "verify-full"}, {}, "sslrootcert"),
        ({"sslmode": "sometimes"}, {}, "is none of"),
        ({"redis": "http://:secret-word@h"}, {}, "redis://"),
        ({}, {"EMAIL_HOST": "mail", "EMAIL_PORT": "many"}, "EMAIL_PORT"),
        ({}, {"EMAIL_HOST": "mail", "EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "1"}, "exclude each other"),
        ({}, {"EMAIL_HOST": "mail", "EMAIL_USE_TLS": "perhaps"}, "EMAIL_USE_TLS"),
    ],
)
def test_what_is_wrong_is_said_without_a_password(arguments: dict, environment: dict, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words) as told:
        postgresql(arguments.pop("url", URL), environment=environment, **arguments)
    assert "secret-word" not in str(told.value)


def test_redis_and_mail_come_from_the_environment() -> None:
    made = postgresql(environment={"DATABASE_URL": URL, "REDIS_URL": "rediss://cache/1", "EMAIL_HOST": "mail.example", "EMAIL_HOST_USER": "u", "DEFAULT_FROM_EMAIL": "shop@example.org"})
    assert made["CACHES"]["default"]["LOCATION"] == "rediss://cache/1"
    assert made["SESSION_ENGINE"] == "django.contrib.sessions.backends.cached_db"
    assert (made["EMAIL_PORT"], made["EMAIL_USE_TLS"], made["EMAIL_USE_SSL"], made["DEFAULT_FROM_EMAIL"]) == (587, True, False, "shop@example.org")
    assert postgresql(URL, environment={"EMAIL_HOST": "m", "EMAIL_PORT": "465"})["EMAIL_USE_SSL"] is True
    assert "CACHES" not in postgresql(URL, redis=False, environment={"REDIS_URL": "redis://cache"})


@pytest.mark.parametrize("arguments", ["", "behind_proxy=True", "redis='redis://cache.example/0'", *(["pool=True"] if HAS_POOL else [])])
def test_check_deploy_has_nothing_to_say(seeded: Path, tmp_path: Path, server_url: str, arguments: str) -> None:
    # A server that is there: Django 6 asks it for its version while it checks the models.
    (tmp_path / "production.py").write_text(
        textwrap.dedent(f"""
        import secrets
        from kinds_settings import *
        from causeway_django.settings import postgresql
        SECRET_KEY = secrets.token_urlsafe(60)
        MIDDLEWARE = [*MIDDLEWARE, "django.middleware.clickjacking.XFrameOptionsMiddleware"]
        globals().update(postgresql(databases={{"archive": DATABASES["archive"]}}, {arguments}))
        """),
        encoding="utf-8",
    )
    project = Project(seeded, "", {"PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "production", "EMAIL_HOST": "mail.example", "DATABASE_URL": server_url})
    done = project.ok("check", "--deploy", "--fail-level", "DEBUG")
    assert "no issues (0 silenced)" in done.out + done.err


def test_the_settings_work_on_a_real_server(migrated_once) -> None:  # noqa: ANN001
    project, _ = migrated_once
    (project.folder / "real.py").write_text(
        "import os\nfrom kinds_settings import *\nfrom causeway_django.settings import postgresql\n"
        f"globals().update(postgresql(os.environ['REAL'], databases={{'archive': DATABASES['archive']}}, secure=False{', pool=True' if HAS_POOL else ''}))\n",
        encoding="utf-8",
    )
    done = project.ok("shell", "-c", "from accounts.models import Account; print('found', Account.objects.count())", DJANGO_SETTINGS_MODULE="real", REAL=project.url)
    assert "found 4" in done.out
