"""The backup takes the file as it is: rows that break a rule are the plan's affair, damage is not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from causeway_django.command.backup import back_up
from django.core.management.base import CommandError


def made(file: Path) -> sqlite3.Connection:
    source = sqlite3.connect(file)
    source.execute("CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL CHECK (n >= 0), v text)")
    source.executemany("INSERT INTO t (n, v) VALUES (?, ?)", [(n, "x" * 500) for n in range(200)])
    source.execute("CREATE INDEX t_v ON t (n)")
    source.commit()
    return source


def test_rows_that_break_a_rule_of_their_table_are_in_the_backup(tmp_path: Path) -> None:
    source = made(tmp_path / "db.sqlite3")
    source.execute("PRAGMA ignore_check_constraints=ON")
    source.execute("UPDATE t SET n = -5 WHERE id > 10")
    source.execute("PRAGMA writable_schema=ON")
    source.execute("UPDATE sqlite_schema SET sql = replace(sql, 'v text', 'v text NOT NULL') WHERE name = 't'")
    source.execute("UPDATE t SET v = NULL WHERE id = 7")
    source.commit()
    source.close()
    copy = sqlite3.connect(back_up(tmp_path / "db.sqlite3", tmp_path / "backups"))
    assert copy.execute("SELECT count(*) FROM t WHERE n = -5").fetchone() == (190,)
    assert copy.execute("SELECT count(*) FROM t WHERE typeof(v) = 'null'").fetchone() == (1,)


def test_damage_among_such_rows_is_told(tmp_path: Path) -> None:
    source = made(tmp_path / "db.sqlite3")
    source.execute("PRAGMA ignore_check_constraints=ON")
    source.execute("UPDATE t SET n = -5")
    source.execute("PRAGMA writable_schema=ON")
    source.execute("UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 't') WHERE name = 't_v'")
    source.commit()
    source.close()
    with pytest.raises(CommandError, match="is not whole|fails"):
        back_up(tmp_path / "db.sqlite3", tmp_path / "backups")
