"""
The check in the project as it will run: a process in which the alias is PostgreSQL, and SQLite stands beside it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from ..command.run_command import state_folder
from ..pair import ENVIRONMENT, Pair, open_pair
from ..under_target import run_under_target
from .result import CheckResult


def run_check(pair: Pair, options: dict[str, Any], say: Callable[[str], None]) -> CheckResult:
    with tempfile.NamedTemporaryFile("r", suffix=".json", dir=state_folder(options), encoding="utf-8") as file:
        arguments = ["causeway_check", "--inside", file.name, "--database", pair.alias, "--source", str(pair.source), "--name", options.get("name") or pair.name]
        arguments += [f"--{name}" for name in ("quiet", "show-values", "no-writes") if options.get(name.replace("-", "_"))]
        arguments += ["--logins", str(Path(options["logins"]).resolve())] if options.get("logins") else []
        done = run_under_target(pair, arguments)
        text = file.read()
    if done.returncode != 0 or not text:
        raise CommandError(f"the check ended with {done.returncode} before it had a result", returncode=done.returncode or ENVIRONMENT)
    result = CheckResult.from_json(json.loads(text))
    for line in result.lines():
        say(line)
    say("both sides are equal, and the project works on PostgreSQL" if result.passed else "the check has found what must not be")
    return result


def check_inside(pair: Pair, options: dict[str, Any], say: Callable[[str], None]) -> CheckResult:
    """In the process that run_check has started."""
    from ..plan.target_tables import read_tables
    from .accounts import check_accounts
    from .model_rows import compare_models
    from .new_rows import check_new_rows
    from .project_checks import check_project
    from .recorded_exceptions import recorded_exceptions

    open_pair(pair)
    result = CheckResult()
    target = read_tables(pair.schema)
    behind, quarantined = recorded_exceptions(pair, options["name"])
    check_project(result, pair.alias)
    compare_models(result, target, behind, quarantined, say, options["show_values"])
    if not options["no_writes"]:
        check_new_rows(result, target)
        check_accounts(result, options["logins"])
    return result
