"""What the check must find: each difference is planted in PostgreSQL behind its back."""

from __future__ import annotations

import json

import pytest
from moving import Project


def check(project: Project, code: int = 1, *arguments: str) -> dict:
    done = project.run("causeway_check", "--json", "--quiet", *arguments)
    assert done.code == code, done.err
    return done.json


pytestmark = pytest.mark.one_django

CHANGES = {
    ("accounts.Account", "password"): "UPDATE accounts_account SET password = upper(password) WHERE id = 1",
    ("kinds.Every", "at"): "UPDATE kinds_every SET at = at + interval '1 microsecond' WHERE id = (SELECT max(id) FROM kinds_every WHERE at IS NOT NULL)",
    ("kinds.Every", "exact"): "UPDATE kinds_every SET exact = exact + 0.000000000001 WHERE id = (SELECT max(id) FROM kinds_every WHERE exact IS NOT NULL)",
    ("kinds.Every", "json"): "UPDATE kinds_every SET json = 'true' WHERE json = '1'",
    ("kinds.Every", "text"): "UPDATE kinds_every SET text = rtrim(text) WHERE text = ' trailing '",
    ("kinds.Hidden", "name"): "UPDATE kinds_hidden SET name = 'x' WHERE deleted",
}


def test_each_changed_value_is_named_and_nothing_else(moved: Project) -> None:
    for statement in CHANGES.values():
        assert moved.sql(statement + " RETURNING 1") == [(1,)]
    found = check(moved, 1, "--no-writes")
    assert not found["passed"]
    assert sorted((d["model"], d["field"]) for d in found["differences"]) == sorted(CHANGES)
    # Values are for those who ask.
    assert not any("source" in difference for difference in found["differences"])


def test_rows_on_one_side_alone_are_named(moved: Project) -> None:
    moved.sql("DELETE FROM kinds_profile_friends WHERE id = (SELECT min(id) FROM kinds_profile_friends)")
    moved.sql("INSERT INTO kinds_place VALUES (77, 'only here')")
    found = check(moved, 1, "--no-writes", "--show-values")
    assert [(d["model"], d["only"]) for d in found["differences"]] == [("kinds.Place", "target"), ("kinds.Profile_friends", "source")]
    assert found["differences"][0]["pk"] == "77"


def test_a_sequence_that_stands_back_and_wrong_logins_are_named(moved: Project) -> None:
    moved.sql("""SELECT setval('"Odd Table_Id_seq"', 1, false)""")
    logins = moved.folder / "wrong-logins.json"
    logins.write_text(json.dumps([["anna@example.org", "wrong"], ["nobody@nowhere", "x"]]), encoding="utf-8")
    failed = {entry["check"]: entry["text"] for entry in check(moved, 1, "--logins", str(logins))["checks"] if not entry["ok"]}
    assert "kinds.Odd" in failed["sequences past the highest key"]
    assert failed["new rows go in"] == "kinds.Odd: its key is taken"
    assert failed["old passwords accepted"] == "refused: anna@example.org, nobody@nowhere"


def test_a_missing_migration_is_named(moved: Project) -> None:
    moved.sql("DELETE FROM django_migrations WHERE app = 'kinds'")
    failed = {entry["check"] for entry in check(moved, 1, "--no-writes")["checks"] if not entry["ok"]}
    assert failed == {"manage.py migrate --check"}


def test_nothing_of_the_check_stays(moved: Project) -> None:
    tables = "SELECT (SELECT count(*) FROM accounts_account), (SELECT count(*) FROM django_session), (SELECT max(last_login)::text FROM accounts_account), (SELECT count(*) FROM kinds_note)"
    before = moved.sql(tables)
    check(moved, 0)
    assert moved.sql(tables) == before
