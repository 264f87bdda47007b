from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import pair as pairs
from ...check.run_check import run_check
from ...command import pass_through, run_command
from ...command.backup import back_up
from ...command.find_command import find_command
from ...plan.make_plan import MadePlan, make_plan, refuse_disagreement
from ...plan.recorded import recorded_phase
from .causeway_plan import add_plan_arguments, told_lines

FLAGS = {
    "live": "follow the application while it writes; stays in the foreground until the cutover is completed",
    "restart": "begin anew instead of resuming",
    "accept-quarantine": "exit with 0 although rows are in the quarantine",
    "quiet": "no progress",
}
VALUES = {
    "until": ("PHASE", "with --live: end when this phase is reached (following)"),
    "brokers": ("LIST", "host:port list of Kafka brokers; default: KAFKA_BROKERS"),
    "transport": ("KIND", "kafka or embedded"),
    "quarantine-out": ("FILE", "write quarantined rows as JSON lines"),
}


class Command(BaseCommand):
    help = "Moves the project's SQLite database to PostgreSQL: prerequisites, backup, schema by migrate, plan, move, proof, and the check through the ORM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        pairs.add_arguments(parser)
        run_command.add_arguments(parser)
        add_plan_arguments(parser)
        parser.add_argument("--name", help="name of the migration; default: the file name of the SQLite database")
        parser.add_argument("--plan", metavar="FILE", help="a reviewed plan, as causeway_plan writes it; default: one is made")
        parser.add_argument("--no-backup", dest="backup", action="store_false", help="do not copy the SQLite file first")
        parser.add_argument("--no-check", dest="check", action="store_false", help="do not compare both sides through the ORM afterwards")
        pass_through.add_passed(parser, FLAGS, VALUES)

    def handle(self, *_: Any, **options: Any) -> None:
        # What is told there is no error: not in red.
        self.stderr.style_func = None
        pair = pairs.find_pair(options)
        find_command(options["causeway"])
        state = run_command.state_folder(options)
        name = options["name"] or pair.name
        pairs.open_pair(pair)
        phase = recorded_phase(pair, name)
        backup = plan = None
        if phase is None or options["restart"]:
            backup = self._back_up(pair, state) if options["backup"] else None
            plan = self._plan(pair, options, state)
        else:
            self.stderr.write(f"migration {name!r} is recorded in the target, phase {phase}: going on with it")
        plan_file = plan.file if plan is not None else self._given_plan(options, state, pair)
        self._move(pair, options, name, plan_file, {"backup": None if backup is None else str(backup), "plan": None if plan is None else plan.as_json()})

    def _back_up(self, pair: pairs.Pair, state: Path) -> Path:
        copy = back_up(pair.source, state / "backups")
        self.stderr.write(f"backup: {copy}")
        return copy

    def _plan(self, pair: pairs.Pair, options: dict[str, Any], state: Path) -> MadePlan:
        output = Path(options["plan"]).resolve() if options["plan"] else _own_plan(state, pair)
        if options["plan"]:
            if not output.is_file():
                raise CommandError(f"--plan {output}: there is no such file; causeway_plan writes one", returncode=pairs.USAGE)
            refuse_disagreement()
            return MadePlan(output)
        made = make_plan(pair, options, output, self.stderr.write)
        for line in told_lines(made):
            self.stderr.write(line)
        return made

    def _given_plan(self, options: dict[str, Any], state: Path, pair: pairs.Pair) -> Path | None:
        if options["plan"]:
            return Path(options["plan"]).resolve()
        own = _own_plan(state, pair)
        return own if own.is_file() else None

    def _move(self, pair: pairs.Pair, options: dict[str, Any], name: str, plan: Path | None, told: dict[str, Any]) -> None:
        arguments = ["migrate", str(pair.source), "--name", name, "--schema", "existing", *pass_through.passed(options, FLAGS, VALUES)]
        arguments += [*(["--plan", str(plan)] if plan is not None else []), *(["--yes"] if options["live"] else []), *(["--json"] if options["json"] else [])]
        done = run_command.run_causeway(pair, options, arguments, capture=options["json"])
        outcome = {**(done.outcome or {}), **told}
        code = done.code
        # A live migration goes on after this command has said what it has to say; what follows the switch is checked after it.
        if code == 0 and options["check"] and not options["live"]:
            result = run_check(pair, options, self.stderr.write)
            outcome["check"] = result.as_json()
            code = 0 if result.passed else 1
        if options["json"]:
            self.stdout.write(json.dumps(outcome))
        run_command.exit_with(code)


def _own_plan(state: Path, pair: pairs.Pair) -> Path:
    return state / "plans" / f"{pair.source.name}.yaml"
