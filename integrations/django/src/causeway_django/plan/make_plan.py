"""The whole of `causeway_plan`: agreement, draft by the models, and the command's own check of every row against it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from ..command.run_command import run_causeway, state_folder
from ..pair import ENVIRONMENT, USAGE, Pair, live_side, open_pair
from . import migrations_agree, source_tables, target_tables
from .draft import Draft, draft_plan, view_findings
from .finding import Finding
from .import_time import import_time_findings
from .local_time import keep_local_time, local_time_findings, zoned_findings
from .make_target_schema import make_unmanaged, migrate_target
from .project_tables import project_tables
from .source_code import code_findings
from .stored_values import case_findings


@dataclass
class MadePlan:
    file: Path
    moved: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    #: Rows of the target that the source's rows take the place of, by table.
    replaced: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"plan": str(self.file), "moved": self.moved, "behind": self.behind, "replaced": self.replaced, "findings": [finding.as_json() for finding in self.findings]}


def make_plan(pair: Pair, options: dict[str, Any], output: Path, say: Callable[[str], None]) -> MadePlan:
    open_pair(pair)
    _source_is_current()
    _refuse(local_time_findings(pair))
    with closing(source_tables.open_read_only(pair.source)) as connection:
        tables = source_tables.read_tables(connection)
        project = project_tables()
        target = _target_schema(pair, options, say)
        if made := make_unmanaged(connection, {table.name for table in tables}, target, project):
            say(f"made from their models, which are not managed: {', '.join(made)}")
            target = target_tables.read_tables(pair.schema)
        _both_agree()
        local = keep_local_time(pair, target, project)
        filled = target_tables.count_rows(pair.schema, [table.name for table in tables if table.name in target and target[table.name].is_table])
        _nobody_works_there(pair, filled, options)
        draft = draft_plan(tables, target, project, filled, _skipped(options, tables))
        findings = [*draft.findings, *local, *view_findings(set(source_tables.read_views(connection)), target, project), *_removed_apps(), *case_findings(connection, tables, project), *zoned_findings(connection, tables, project), *code_findings()]
    if live_side(pair.alias, "sqlite") is not None:
        findings += import_time_findings()
    _refuse([finding for finding in findings if finding.severity == "stop"])
    if options["quarantine"]:
        for table in draft.tables:
            table["policy"] = "quarantine"
    _write(pair, options, draft, output)
    return MadePlan(output, draft.names("move"), draft.names("skip"), {name: rows for name, rows in filled.items() if name in draft.names("move")}, findings)


def refuse_disagreement() -> None:
    """For a plan that was made before: the sides must still agree."""
    _source_is_current()
    _both_agree()


def _source_is_current() -> None:
    missing = migrations_agree.missing_in_source()
    if missing:
        raise CommandError(f"SQLite lacks migrations of the project; run migrate there first: {', '.join(missing)}", returncode=ENVIRONMENT)


def _target_schema(pair: Pair, options: dict[str, Any], say: Callable[[str], None]) -> dict[str, target_tables.TargetTable]:
    target = target_tables.read_tables(pair.schema)
    if "django_migrations" in target and not migrations_agree.missing_in_target():
        return target
    if not options["migrate"]:
        raise CommandError("PostgreSQL lacks migrations of the project, and --no-migrate forbids to apply them: " + ", ".join(migrations_agree.missing_in_target()), returncode=ENVIRONMENT)
    if "django_migrations" not in target and (taken := sorted(name for name in target if name in project_tables())):
        raise CommandError(f"PostgreSQL has tables of the project's names that migrate has not made: {', '.join(taken[:10])}", returncode=ENVIRONMENT)
    say("making the schema in PostgreSQL by the project's own migrate")
    migrate_target(pair)
    return target_tables.read_tables(pair.schema)


def _both_agree() -> None:
    lines = migrations_agree.disagreement()
    if lines:
        raise CommandError("django_migrations does not agree:\n  " + "\n  ".join(lines), returncode=ENVIRONMENT)


def _nobody_works_there(pair: Pair, filled: dict[str, int], options: dict[str, Any]) -> None:
    signs = target_tables.signs_of_use(pair.schema, filled)
    if signs and not options["replace"]:
        raise CommandError(
            "PostgreSQL is in use, and its rows would be replaced by SQLite's; --replace does so all the same:\n  " + "\n  ".join(signs), returncode=ENVIRONMENT
        )


def _skipped(options: dict[str, Any], tables: list[source_tables.SourceTable]) -> frozenset[str]:
    skip = frozenset(options["skip"] or [])
    if unknown := sorted(skip - {table.name for table in tables}):
        raise CommandError(f"--skip: SQLite has no table {', '.join(unknown)}", returncode=USAGE)
    return skip


def _removed_apps() -> list[Finding]:
    removed = migrations_agree.left_by_removed_apps()
    return [Finding("removed-apps", "know", "django_migrations", f"names applications that the project no longer has: {', '.join(removed)}")] if removed else []


def _refuse(stops: list[Finding]) -> None:
    if stops:
        raise CommandError("the migration cannot be planned:\n  " + "\n  ".join(f"{finding.subject}: {finding.text}" for finding in stops), returncode=ENVIRONMENT)


def _write(pair: Pair, options: dict[str, Any], draft: Draft, output: Path) -> None:
    """The command reads every row against the draft and writes the plan; what does not fit is told by it, all at once."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=state_folder(options), encoding="utf-8") as file:
        json.dump(draft.document(pair.schema), file)
        file.flush()
        done = run_causeway(pair, options, ["plan", str(pair.source), "--schema", "existing", "--plan", file.name, "--output", str(output)], capture=False, quiet_errors=True)
    if done.code != 0:
        raise CommandError(_told(done.output), returncode=done.code)


def _told(errors: str) -> str:
    text = errors.strip()
    text = text[text.find("causeway: ") :].removeprefix("causeway: ") if "causeway: " in text else text
    # The columns are those of the project's models: it is the rows that must change, or stay out.
    return f"{text}\n  In a Django project: correct the rows, or let them stay out with --quarantine." if " do not fit " in text else text
