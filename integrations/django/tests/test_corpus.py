"""A real site (Wagtail, OAuth, Celery's tables, an audit log), with oracles that were made before this package was."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from moving import Databases, Project

CORPUS = Path(os.environ.get("CAUSEWAY_TEST_CORPUS") or "/nonexistent")
SITE = CORPUS / "django"
DATA = CORPUS / "dev" / "django_cms"
pytestmark = [pytest.mark.one_django, pytest.mark.skipif(not SITE.is_dir(), reason="the corpora are not beside this checkout")]


def test_the_real_site_moves_and_its_own_judge_agrees(tmp_path: Path, databases: Databases) -> None:
    shutil.copytree(SITE, tmp_path / "django")
    shutil.copytree(DATA, tmp_path / "dev" / "django_cms")
    folder = tmp_path / "django" / "proj"
    (folder / "settings_moved.py").write_text("from settings_cms import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'causeway_django']\n", encoding="utf-8")
    source = tmp_path / "dev" / "django_cms" / "source.sqlite3"
    url = databases.make()
    # What Django's own migrate makes there, kept beside the data: making it takes half a minute.
    with psycopg.connect(url, autocommit=True) as connection:
        # Without psql's own commands, which pg_dump puts at both ends.
        connection.execute("\n".join(line for line in (DATA / "pg_schema.sql").read_text(encoding="utf-8").splitlines() if not line.startswith("\\")).encode())
        _copy_migrations(source, connection)
    project = Project(folder, url, {"DJANGO_SETTINGS_MODULE": "settings_moved", "LAB_SQLITE": str(source), "CAUSEWAY_TARGET": url})
    done = project.ok("causeway_migrate", "--no-migrate", "--json", "--transport", "embedded", "--no-check")
    assert done.json["verdict"] == "equal"
    assert done.json["plan"]["behind"] == ["wagtailsearch_indexentry", "wagtailsearch_indexentry_fts"]
    check = project.run("causeway_check", "--json", "--quiet", "--logins", str(DATA / "logins.json")).json
    assert [entry["check"] for entry in check["checks"] if not entry["ok"]] == []
    _own_judge(tmp_path / "django", url)


def _copy_migrations(source: Path, connection: psycopg.Connection) -> None:
    import sqlite3

    connection.execute("SET search_path = public")
    for row in sqlite3.connect(source).execute("SELECT app, name, applied FROM django_migrations"):
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s::timestamp AT TIME ZONE 'UTC')", row)


def _own_judge(folder: Path, url: str) -> None:
    """The part of check.sh that is nobody's but its own: the full-precision dump, and the site's own checks."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    environment = {
        **os.environ,
        "LAB_DB": "pg",
        "LAB_VARIANT": "cms",
        "LAB_SQLITE": "/nonexistent",
        "LAB_PGDATABASE": parts["dbname"],
        "LAB_PGHOST": parts["host"],
        "LAB_PGPORT": parts["port"],
        "LAB_PGUSER": parts["user"],
        "LAB_PGPASSWORD": parts["password"],
    }
    dump = folder / "orm.jsonl"
    subprocess.run([sys.executable, "-W", "ignore", "orm_dump.py", str(dump)], cwd=folder, env=environment, check=True, capture_output=True)
    with gzip.open(DATA / "orm.jsonl.gz") as expected:
        assert dump.read_bytes() == expected.read()
    judged = subprocess.run([sys.executable, "-W", "ignore", "app_checks.py", str(DATA / "logins.json")], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert judged.stdout.strip().endswith("0 failed"), judged.stdout
