"""Where a live alias moves to."""

from __future__ import annotations

from django.conf import settings

from causeway_django.pair import find_pair


def test_it_is_where_the_application_will_write_whatever_the_environment_says(project, monkeypatch):
    monkeypatch.setenv("CAUSEWAY_TARGET", "postgres://somebody@elsewhere/another")
    pair = find_pair({"database": "default"})
    assert pair.target["NAME"] == settings.DATABASES["default"]["CAUSEWAY"]["postgresql"]["NAME"]
    assert pair.source == project / "db.sqlite3"
    assert find_pair({"database": "default", "to": "postgres://me@elsewhere/mine"}).target["NAME"] == "mine"
