"""Before anything moves: what must stop a migration stops it, by name and with the exit code of its kind."""

from __future__ import annotations

import sqlite3

import pytest
from moving import Project

pytestmark = pytest.mark.one_django
USAGE, ENVIRONMENT = 2, 3


@pytest.fixture(scope="module")
def refused(migrated_once, seeded) -> Project:  # noqa: ANN001
    """The seeded project; tests of this module leave it as it is."""
    return Project(seeded, "")


def told(project: Project, code: int, *arguments: str, **environment: str) -> str:
    done = project.run("causeway_plan", *arguments, **environment)
    assert done.code == code, (done.code, done.err)
    assert "Traceback" not in done.err
    return done.err


def test_what_is_missing_is_said(refused: Project) -> None:
    assert "say where the target is" in told(refused, USAGE)
    assert "no alias 'nothing'" in told(refused, USAGE, "--database", "nothing", "--to", "postgres://localhost/x")
    assert "must begin with postgres://" in told(refused, USAGE, "--to", "mysql://u:hidden@h/d")
    assert "is not a file" in told(refused, ENVIRONMENT, "--source", "/nonexistent/db", "--to", "postgres://localhost/x")


def test_a_target_that_cannot_be_reached_keeps_its_password_to_itself(refused: Project) -> None:
    error = told(refused, ENVIRONMENT, "--to", "postgres://u:hidden-word@127.0.0.1:1/x?connect_timeout=3")
    assert "cannot be reached" in error
    assert "hidden-word" not in error


def test_no_command_no_migration(refused: Project) -> None:
    done = refused.run("causeway_migrate", "--to", "postgres://localhost/x", "--causeway", "/nonexistent/causeway")
    assert done.code == ENVIRONMENT
    assert "--causeway, CAUSEWAY_COMMAND or on PATH" in done.err


def test_a_source_that_lacks_migrations(fresh: Project) -> None:
    with sqlite3.connect(fresh.folder / "kinds.sqlite3") as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'redirects' AND name LIKE '0002%'")
    assert "redirects.0002_alter_redirect_new_path_help_text" in told(fresh, ENVIRONMENT)
    # Not even its schema was made.
    assert fresh.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_target_without_migrations_that_must_not_migrate(fresh: Project) -> None:
    error = told(fresh, ENVIRONMENT, "--no-migrate")
    assert "kinds.0001_initial" in error
    assert fresh.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_a_target_that_somebody_works_in(moved: Project) -> None:
    moved.sql("UPDATE accounts_account SET last_login = now() WHERE id = 1")
    error = told(moved, ENVIRONMENT, "-o", "refused.yaml")
    assert "PostgreSQL is in use" in error
    assert "django_session: 1 row(s)" in error
    assert "accounts_account: 1 user(s) have logged in" in error
    assert not (moved.folder / "refused.yaml").exists()


def test_values_that_do_not_fit_are_named_and_then_the_code_is_read_for_lookups_that_change(fresh: Project) -> None:
    with sqlite3.connect(fresh.folder / "kinds.sqlite3") as connection:
        connection.execute("UPDATE kinds_tag SET name = 'far too long for thirty characters of a name'  WHERE name = 'tag 1'")
        connection.execute("UPDATE kinds_every SET number = 3000000000 WHERE id = 1")
    error = told(fresh, ENVIRONMENT)
    assert 'table "kinds_tag": column "name": 1 value(s) do not fit character varying(30), for example in row id=' in error
    assert 'table "kinds_every": column "number": 1 value(s) do not fit integer, for example in row id=1' in error
    _code_is_read(fresh)


def _code_is_read(fresh: Project) -> None:
    """The same project, corrected."""
    with sqlite3.connect(fresh.folder / "kinds.sqlite3") as connection:
        connection.execute("UPDATE kinds_tag SET name = 'short' WHERE length(name) > 30")
        connection.execute("UPDATE kinds_every SET number = 1 WHERE id = 1")
    (fresh.folder / "kinds" / "views.py").write_text(
        "from .models import Tag\n\n\ndef find(word):\n    return Tag.objects.filter(name__contains=word) | Tag.objects.filter(name__icontains=word) | Tag.objects.raw('SELECT 1')\n\n\ndef hold():\n    return Tag.objects.select_for_update().get()\n",
        encoding="utf-8",
    )
    error = told(fresh, 0, "--skip", "kinds_empty")
    assert "skipped" in error
    assert "lookup-case" in error and "kinds/views.py:5" in error
    assert "lookup-unicode" in error
    assert "raw-sql" in error
    assert "select-for-update" in error and "kinds/views.py:9" in error
    assert (fresh.folder / "causeway-plan.yaml").read_text(encoding="utf-8").count("form: decimal15") >= 3


def test_a_table_that_django_names_otherwise_on_postgresql(fresh: Project) -> None:
    """Its name is a matter of the default database, so that one model would have two tables."""
    with (fresh.folder / "kinds" / "models.py").open("a", encoding="utf-8") as models:
        models.write("\n\nclass AMeasurementOfSomethingThatTakesItsTime(models.Model):\n    the_people_who_have_seen_it_happen = models.ManyToManyField(Place)\n")
    fresh.ok("makemigrations", "-v0", "kinds")
    fresh.ok("migrate", "-v0")
    error = told(fresh, ENVIRONMENT)
    long_name = "kinds_ameasurementofsomethingthattakesitstime_the_people_who_have_seen_it_happen"
    assert f"{long_name}: PostgreSQL's names have at most 63 bytes" in error
    # As it says: the name that Django itself would choose.
    short = error.split("db_table='")[1].split("'")[0]
    assert len(short) == 63
    text = (fresh.folder / "kinds" / "models.py").read_text(encoding="utf-8")
    (fresh.folder / "kinds" / "models.py").write_text(text.replace("= models.ManyToManyField(Place)", f"= models.ManyToManyField(Place, db_table={short!r})"), encoding="utf-8")
    fresh.ok("makemigrations", "-v0", "kinds")
    fresh.ok("migrate", "-v0")
    told(fresh, 0)
    assert fresh.sql("SELECT count(*) FROM pg_tables WHERE tablename = %s", short) == [(1,)]


def test_rows_that_do_not_fit_stay_out_where_that_is_wanted(fresh: Project) -> None:
    with sqlite3.connect(fresh.folder / "kinds.sqlite3") as connection:
        connection.execute("UPDATE kinds_every SET number = 3000000000 WHERE id = 1")
    done = fresh.ok("causeway_migrate", "--quarantine", "--accept-quarantine", "--json", "--transport", "embedded")
    assert done.json["verdict"] == "equal_with_quarantine"
    rows = next(entry for entry in done.json["check"]["checks"] if entry["check"] == "rows of every model equal")
    assert rows["ok"] and "kinds.Every: 1 row(s) in the quarantine" in rows["text"]
    assert fresh.sql("SELECT count(*) FROM kinds_every WHERE id = 1") == [(0,)]
    # What else differs in that table is told by itself.
    [(changed,)] = fresh.sql("UPDATE kinds_every SET small = small + 1 WHERE id = (SELECT max(id) FROM kinds_every WHERE small IS NOT NULL) RETURNING id")
    check = fresh.run("causeway_check", "--json", "--quiet", "--no-writes")
    assert (check.code, check.json["differences"]) == (1, [{"model": "kinds.Every", "pk": str(changed), "field": "small"}])
    assert "kinds.Every: 1 row(s) in the quarantine" in next(entry["text"] for entry in check.json["checks"] if not entry["ok"])
