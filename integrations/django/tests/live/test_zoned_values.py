"""Values with a time zone in a project that has none."""

from __future__ import annotations

import sqlite3

from causeway_django.plan.local_time import zoned_findings
from causeway_django.plan.project_tables import project_tables
from causeway_django.plan.source_tables import read_tables

ZONED = ["2024-01-01 00:00:00+00:00", "2024-01-01T00:00:00.5Z", "2024-01-01 00:00:00-03:30"]
OTHERS = ["2024-01-01 00:00:00", "2024-01-01", "", None, 5]


def test_they_are_counted_and_what_only_looks_like_them_is_not(project, settings_of):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE shop_order (id INTEGER PRIMARY KEY, code TEXT, at datetime)")
    # A code is no moment, whatever it looks like.
    connection.executemany("INSERT INTO shop_order (code, at) VALUES (?, ?)", [(ZONED[0], value) for value in ZONED + OTHERS])
    with settings_of(USE_TZ=False):
        [found] = zoned_findings(connection, read_tables(connection), project_tables())
    assert found.subject.startswith("shop.Order.at")
    assert found.text.startswith("3 value(s) carry a time zone")
    assert zoned_findings(connection, read_tables(connection), project_tables()) == []
