"""Code that asks for the database's kind when it is imported keeps its answer through the switch."""

from __future__ import annotations

import importlib

from causeway_django.plan.import_time import import_time_findings

MODULE = """
from types import SimpleNamespace
connection = SimpleNamespace(vendor="sqlite")
if connection.vendor == "postgresql":
    from django.db import models
class Kind:
    name = connection.vendor
    def now(self):
        return connection.vendor
def later():
    return connection.vendor
"""


def test_what_runs_with_the_import_is_named_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "asks_early.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    importlib.import_module("asks_early")
    [finding] = import_time_findings()
    assert finding.severity == "decide"
    assert [place for place in finding.evidence if "asks_early" in place] == ["asks_early.py:4", "asks_early.py:7"]
