"""The package knows the fences by their words and names: these are the ones that causeway writes."""

from pathlib import Path

import live_fences

from causeway_django.live import statements, truth

CONTROL = Path(__file__).parents[4] / "packages" / "control" / "src"


def test_the_words_are_those_of_causeway():
    source = (CONTROL / "capture" / "source-fence.ts").read_text("utf-8")
    target = (CONTROL / "target" / "target-fence.ts").read_text("utf-8")
    assert live_fences.SQLITE_MESSAGE in source
    assert "RAISE EXCEPTION 'causeway: table %.% is closed, because SQLite is the primary of this migration'" in target
    for name in ("!causeway_fence", "!causeway_fence_statement"):
        assert f"'{name}'" in target and f"'{name}'" in truth._POSTGRESQL_CLOSED
    assert "fence_" in source and "_causeway_" in (CONTROL.parents[1] / "contracts" / "src" / "live" / "source-objects.ts").read_text("utf-8")
    assert statements.is_fence(Exception(live_fences.SQLITE_MESSAGE))
    assert statements.is_fence(Exception("causeway: table public.a is closed, because SQLite is the primary of this migration"))
    assert not statements.is_fence(Exception("UNIQUE constraint failed: shop_order.code"))


def test_what_reads_and_what_writes():
    reads = [
        "SELECT 1",
        "  (select 1)",
        "-- a note\nSELECT 1",
        "/* insert */ select 1",
        "EXPLAIN SELECT 1",
        "SAVEPOINT x",
        "BEGIN IMMEDIATE",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "PRAGMA foreign_keys",
        "SET x = 1",
    ]
    changes = [
        "INSERT INTO t VALUES (1)",
        "update t set a = 1",
        "DELETE FROM t",
        "REPLACE INTO t VALUES (1)",
        "WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a",
        "TRUNCATE t",
        "CREATE TABLE t (a int)",
        "COPY t FROM stdin",
        "",
        object(),
    ]
    assert [sql for sql in reads if statements.writes(sql)] == []
    assert [sql for sql in changes if not statements.writes(sql)] == []
