from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ... import pair as pairs
from ...check.run_check import check_inside, run_check
from ...command import run_command


class Command(BaseCommand):
    help = "Compares SQLite and PostgreSQL through the ORM, row by row, and tries the project on PostgreSQL: logins, admin, new rows. Changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        pairs.add_arguments(parser)
        run_command.add_arguments(parser)
        parser.add_argument("--name", help="name of the migration, for its quarantine; default: the file name of the SQLite database")
        parser.add_argument("--logins", metavar="FILE", help='JSON list of ["user", "password"]: these old passwords must be accepted')
        parser.add_argument("--no-writes", action="store_true", help="compare rows only; for a target that still refuses writes")
        parser.add_argument("--show-values", action="store_true", help="show the values that differ")
        parser.add_argument("--quiet", action="store_true", help="no progress")
        parser.add_argument("--pages-only", action="store_true", help=argparse.SUPPRESS)
        parser.add_argument("--inside", metavar="FILE", help=argparse.SUPPRESS)

    def handle(self, *_: Any, **options: Any) -> None:
        # What is told there is no error: not in red.
        self.stderr.style_func = None
        pair = pairs.find_pair(options)
        options["name"] = options["name"] or pair.name
        if options["inside"]:
            say = (lambda text: None) if options["quiet"] or options["verbosity"] == 0 else self.stderr.write
            Path(options["inside"]).write_text(json.dumps(check_inside(pair, options, say).as_json()), encoding="utf-8")
            return
        result = run_check(pair, options, self.stderr.write if options["json"] else self.stdout.write)
        if options["json"]:
            self.stdout.write(json.dumps(result.as_json()))
        run_command.exit_with(0 if result.passed else 1)
