"""
The check in the project as it will run: a process in which the alias is PostgreSQL, and SQLite stands beside it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from ..command.backup import back_up
from ..command.run_command import state_folder
from ..pair import ENVIRONMENT, Pair, open_pair
from ..under_target import run_under_target
from .result import CheckResult


def run_check(pair: Pair, options: dict[str, Any], say: Callable[[str], None]) -> CheckResult:
    flags = [f"--{name}" for name in ("quiet", "show-values", "no-writes") if options.get(name.replace("-", "_"))]
    logins = ["--logins", str(Path(options["logins"]).resolve())] if options.get("logins") else []
    result = _in_process(pair, options, ["--name", options.get("name") or pair.name, *flags, *logins])
    if result.broken_pages:
        result.explain_pages(_pages_on_sqlite(pair, options))
    for line in result.lines():
        say(line)
    say("both sides are equal, and the project works on PostgreSQL" if result.passed else "the check has found what must not be")
    return result


def _pages_on_sqlite(pair: Pair, options: dict[str, Any]) -> CheckResult:
    """On a copy: even a transaction that is rolled back would hold up the writers of the source."""
    with tempfile.TemporaryDirectory(dir=state_folder(options)) as folder:
        copy = back_up(pair.source, Path(folder))
        entry = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(copy)}
        return _in_process(replace(pair, source=copy, target=entry), options, ["--pages-only", "--quiet"])


def _in_process(pair: Pair, options: dict[str, Any], more: list[str]) -> CheckResult:
    with tempfile.NamedTemporaryFile("r", suffix=".json", dir=state_folder(options), encoding="utf-8") as file:
        done = run_under_target(pair, ["causeway_check", "--inside", file.name, "--database", pair.alias, "--to", pair.alias, "--source", str(pair.source), *more])
        text = file.read()
    if done.returncode != 0 or not text:
        raise CommandError(f"the check ended with {done.returncode} before it had a result", returncode=done.returncode or ENVIRONMENT)
    return CheckResult.from_json(json.loads(text))


def check_inside(pair: Pair, options: dict[str, Any], say: Callable[[str], None]) -> CheckResult:
    """In the process that run_check has started."""
    from ..plan.target_tables import read_tables
    from .accounts import check_accounts, check_admin
    from .model_rows import Comparison, compare_models
    from .new_rows import check_new_rows
    from .project_checks import check_project, tell_constraints
    from .recorded_exceptions import recorded_exceptions

    result = CheckResult()
    if options["pages_only"]:
        check_admin(result)
        return result
    open_pair(pair)
    target = read_tables(pair.schema)
    behind, quarantined, moving = recorded_exceptions(pair, options["name"])
    check_project(result, pair.alias)
    tell_constraints(result, pair.schema)
    compare_models(result, Comparison(target, options["show_values"], behind, quarantined, moving), say)
    if not options["no_writes"]:
        check_new_rows(result, target)
        check_accounts(result, target, options["logins"])
    return result
