from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ... import pair as pairs
from ...command import run_command
from ...plan.make_plan import MadePlan, make_plan


class Command(BaseCommand):
    help = "Writes the plan of a migration from the project's own models, with the schema made in PostgreSQL by the project's own migrate. Moves nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        pairs.add_arguments(parser)
        run_command.add_arguments(parser)
        add_plan_arguments(parser)
        parser.add_argument("-o", "--output", metavar="FILE", default="causeway-plan.yaml", help="where the plan is written (default: causeway-plan.yaml)")

    def handle(self, *_: Any, **options: Any) -> None:
        # What is told there is no error: not in red.
        self.stderr.style_func = None
        pair = pairs.find_pair(options)
        made = make_plan(pair, options, Path(options["output"]).resolve(), self.stderr.write)
        for line in told_lines(made):
            self.stderr.write(line)
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json()))


def add_plan_arguments(parser: CommandParser) -> None:
    parser.add_argument("--no-migrate", dest="migrate", action="store_false", help="do not run migrate in PostgreSQL; refuse if migrations are missing there")
    parser.add_argument("--quarantine", action="store_true", help="rows with values that do not fit stay out, in the quarantine, instead of stopping the migration")
    parser.add_argument("--skip", action="append", metavar="TABLE", help="a table of SQLite that stays behind; may be given several times")
    parser.add_argument("--replace", action="store_true", help="replace rows in PostgreSQL even if somebody works there")


def told_lines(made: MadePlan) -> list[str]:
    replaced = sum(made.replaced.values())
    head = f"{len(made.moved)} tables move, {len(made.behind)} stay behind: {made.file}"
    rows = [f"{replaced} row(s) of {len(made.replaced)} table(s) that migrate has made give way to SQLite's: {', '.join(sorted(made.replaced))}"] if made.replaced else []
    return [head, *rows, *(finding.as_line() for finding in made.findings)]
