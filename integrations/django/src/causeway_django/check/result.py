"""The verdict of a check: one entry for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class CheckResult:
    #: {"check", "ok", "text"} in the order in which they ran.
    checks: list[dict[str, Any]] = field(default_factory=list)
    #: One entry a model: {"model", "rows", "equal", "differing", "missing", "extra"}.
    models: list[dict[str, Any]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    #: Pages of the admin that did not open, with the reason.
    broken_pages: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return all(entry["ok"] for entry in self.checks) and len(self.checks) > 0

    def add(self, check: str, ok: bool, text: str = "") -> None:
        self.checks.append({"check": check, "ok": ok, "text": text})

    def as_json(self) -> dict[str, Any]:
        return {"passed": self.passed, "checks": self.checks, "models": self.models, "differences": self.differences, "skipped": self.skipped, "brokenPages": self.broken_pages}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> CheckResult:
        return cls(document["checks"], document["models"], document["differences"], document["skipped"], document["brokenPages"])

    def explain_pages(self, before: CheckResult) -> None:
        """A page that does not open on SQLite either is no fault of the migration: it is told, and does not fail."""
        new = {path: why for path, why in self.broken_pages.items() if path not in before.broken_pages}
        entry = next(entry for entry in self.checks if entry["check"] == "admin opens")
        entry["ok"] = not new
        old = [f"{path} fails on SQLite as well" for path in self.broken_pages if path not in new]
        entry["text"] = "; ".join([f"{path}: {why}" for path, why in new.items()] + old)

    def lines(self) -> list[str]:
        lines = [f"{'ok  ' if entry['ok'] else 'FAIL'} {entry['check']}{': ' + entry['text'] if entry['text'] else ''}" for entry in self.checks]
        for difference in self.differences:
            what = f"field {difference['field']}" if "field" in difference else f"only in {difference['only']}"
            values = f": {difference['source']} became {difference['target']}" if "target" in difference and "field" in difference else ""
            why = " (computed by each database from its own columns: SQLite may keep a decimal with more digits than its field has)" if difference.get("generated") else ""
            lines.append(f"     {difference['model']} pk={difference['pk']} {what}{values}{why}")
        return lines + [f"     not compared: {entry['model']}, {entry['why']}" for entry in self.skipped]
