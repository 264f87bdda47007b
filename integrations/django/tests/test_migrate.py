"""The whole way of a project with every kind of field, judged by two databases that are read without Django."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
import pytest
from moving import Project

Migrated = tuple[Project, dict[str, Any]]


def sqlite(project: Project, statement: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(project.folder / "kinds.sqlite3")
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_everything_is_equal_and_the_check_has_looked_at_it(migrated_once: Migrated) -> None:
    project, told = migrated_once
    assert told["verdict"] == "equal"
    assert told["check"]["passed"], told["check"]
    assert told["check"]["differences"] == []
    compared = {entry["model"]: entry["rows"] for entry in told["check"]["models"]}
    assert compared["kinds.Every"] == sqlite(project, "SELECT count(*) FROM kinds_every")[0][0]
    # Rows that its managers hide, and the invisible tables of many-to-many fields.
    assert compared["kinds.Hidden"] == 2
    assert compared["kinds.Profile_friends"] > 0
    assert compared["kinds.Legacy"] == 2
    assert {entry["check"] for entry in told["check"]["checks"]} >= {"manage.py check", "manage.py migrate --check", "sequences past the highest key", "new rows go in", "admin opens", "password hashes known as before"}


def test_content_types_permissions_and_sites_have_the_numbers_of_the_source(migrated_once: Migrated) -> None:
    project, told = migrated_once
    for table, columns in (("django_content_type", "id, app_label, model"), ("auth_permission", "id, content_type_id, codename, name"), ("django_site", "id, domain"), ("django_migrations", "id, app, name")):
        assert sorted(project.sql(f"SELECT {columns} FROM {table}")) == sorted(sqlite(project, f"SELECT {columns} FROM {table}"))
        assert table in told["plan"]["replaced"]
    # Far from what a fresh installation would have given them.
    assert min(row[0] for row in project.sql("SELECT id FROM django_content_type")) > 1000
    types = dict(sqlite(project, "SELECT id, model FROM django_content_type"))
    notes = project.sql("SELECT content_type_id, object_id, body FROM kinds_note")
    assert {types[note[0]] for note in notes} == {"place", "restaurant", "tag", "code", "site"}
    assert sorted(notes) == sorted(sqlite(project, "SELECT content_type_id, object_id, body FROM kinds_note"))


def test_values_keep_every_digit(migrated_once: Migrated) -> None:
    project, _ = migrated_once
    rows = project.sql("SELECT at AT TIME ZONE 'UTC', length, exact, price, time, uuid::text, host(ip), blob FROM kinds_every")
    assert "2024-03-10 06:30:00.000001" in {str(row[0]) for row in rows}
    assert {row[1].microseconds for row in rows if row[1] is not None} >= {1}
    assert Decimal("123.000000000001") in {row[2] for row in rows}
    # (0.10 + 0.20) * 3 in SQLite is 0.9000000000000001 there, and 0.90 for the project.
    assert sqlite(project, "SELECT count(*) FROM kinds_every WHERE price > 0.9 AND price < 0.91")[0][0] == 1
    assert Decimal("0.90") in {row[3] for row in rows}
    assert "23:59:59.999999" in {str(row[4]) for row in rows}
    assert "ffffffff-ffff-ffff-ffff-ffffffffffff" in {row[5] for row in rows}
    assert bytes(range(256)) in {bytes(row[7]) for row in rows if row[7] is not None}


def test_keys_go_on_where_sqlite_was(migrated_once: Migrated) -> None:
    project, _ = migrated_once
    # Odd had 53 rows, of which 3 are left: AUTOINCREMENT never gives a key twice. A check moves a sequence on by one.
    for sequence, following in (('"Odd Table_Id_seq"', 54), ("kinds_empty_id_seq", 2)):
        (last, called), *_ = project.sql(f"SELECT last_value, is_called FROM {sequence}")
        assert following <= last + (1 if called else 0) < following + 5


def test_what_stays_behind_is_named(migrated_once: Migrated) -> None:
    _, told = migrated_once
    found = {(finding["id"], finding["subject"].split(":")[0]) for finding in told["plan"]["findings"]}
    assert ("left-over", "old_import") in found
    assert ("view", "kinds_summary") in found
    assert ("case-twins", "accounts.Account.email") in found
    assert ("removed-apps", "django_migrations") in found
    assert told["plan"]["behind"] == ["old_import"]


@pytest.mark.one_django
def test_the_backup_is_the_source(migrated_once: Migrated) -> None:
    project, told = migrated_once
    backup = Path(told["backup"])
    assert backup.stat().st_mode & 0o077 == 0
    copy = sqlite3.connect(backup)
    assert list(copy.iterdump()) == list(sqlite3.connect(project.folder / "kinds.sqlite3").iterdump())
    assert not list(backup.parent.glob("*.partial"))


@pytest.mark.one_django
def test_a_second_run_has_nothing_to_do(migrated_once: Migrated) -> None:
    project, _ = migrated_once
    again = project.ok("causeway_migrate", "--json", "--no-check", "--transport", "embedded")
    assert again.json["verdict"] == "equal"
    assert again.json["backup"] is None
    status = project.ok("causeway_status", "--json")
    assert [(m["name"], m["phase"]) for m in status.json["migrations"]] == [("kinds.sqlite3", "completed")]


def test_old_passwords_are_accepted(migrated_once: Migrated) -> None:
    project, _ = migrated_once
    done = project.ok("causeway_check", "--json", "--quiet", "--logins", "logins.json")
    assert {"check": "old passwords accepted", "ok": True, "text": "3 accounts"} in done.json["checks"]


@pytest.mark.one_django
def test_the_address_and_its_password_are_nowhere(migrated_once: Migrated) -> None:
    project, told = migrated_once
    password = project.url.split(":")[2].split("@")[0]
    assert password not in told["said"]
    left = [path for path in (project.folder / ".causeway").rglob("*") if path.is_file() and password in path.read_text(encoding="utf-8", errors="ignore")]
    assert left == []


@pytest.mark.skipif(django.VERSION < (5, 0), reason="GeneratedField comes with Django 5.0")
def test_generated_columns_are_computed_by_postgresql(migrated_once: Migrated) -> None:
    project, _ = migrated_once
    assert sorted(project.sql("SELECT total, label FROM kinds_computed")) == [(Decimal("2.50"), "quiet"), (Decimal("5.00"), "loud")]


@pytest.mark.one_django
def test_another_alias_moves_into_a_schema_of_its_own(fresh: Project) -> None:
    url = f"{fresh.url}?options=-c%20search_path%3Darchive"
    fresh.ok("causeway_migrate", "--database", "archive", "--to", url, "--transport", "embedded", "--json")
    assert fresh.sql("SELECT title FROM archive.archive_paper") == [("old",)]
    assert fresh.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.one_django
def test_local_time_stays_what_it_is_without_time_zones(fresh: Project) -> None:
    with sqlite3.connect(fresh.folder / "archive.sqlite3") as connection:
        # The clocks of St. John's went from 02:00 to 03:00 that night, and back from 02:00 to 01:00 on the other.
        connection.execute("INSERT INTO archive_paper (title, at) VALUES ('skipped', '2024-03-10 02:30:00'), ('twice', '2024-11-03 01:30:00.000001')")
    done = fresh.ok("causeway_migrate", "--database", "archive", "--transport", "embedded", "--json", KINDS_USE_TZ="0")
    assert fresh.sql("SELECT title, at::text FROM archive_paper ORDER BY id") == [("old", "2020-05-05 05:05:05.000005"), ("skipped", "2024-03-10 02:30:00"), ("twice", "2024-11-03 01:30:00.000001")]
    assert {finding["id"] for finding in done.json["plan"]["findings"]} & {"local-time", "zoned-value"} == {"local-time"}
    assert done.json["check"]["passed"]
