"""Commands of `manage.py` that hand their options to the causeway command of the same name and end with its exit code."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandParser

from .. import pair as pairs
from . import run_command


class PassThroughCommand(BaseCommand):
    requires_system_checks: list[str] = []
    #: Name of the causeway command.
    causeway: ClassVar[str]
    flags: ClassVar[dict[str, str]] = {}
    values: ClassVar[dict[str, tuple[str, str]]] = {}

    def add_arguments(self, parser: CommandParser) -> None:
        pairs.add_arguments(parser)
        run_command.add_arguments(parser)
        parser.add_argument("--name", help="name of the migration; default: the file name of the SQLite database")
        add_passed(parser, self.flags, self.values)

    def handle(self, *_: Any, **options: Any) -> None:
        pair = pairs.find_pair(options)
        arguments = [self.causeway, "--name", options["name"] or pair.name, *passed(options, self.flags, self.values)]
        if options["json"]:
            arguments.append("--json")
        run_command.exit_with(run_command.run_causeway(pair, options, arguments, capture=False).code)


def add_passed(parser: CommandParser, flags: dict[str, str], values: dict[str, tuple[str, str]]) -> None:
    for name, text in flags.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    for name, (metavar, text) in values.items():
        parser.add_argument(f"--{name}", metavar=metavar, help=text)


def passed(options: dict[str, Any], flags: dict[str, str], values: dict[str, tuple[str, str]]) -> list[str]:
    """As the causeway command spells them; only what was given."""
    given = [f"--{name}" for name in flags if options[name.replace("-", "_")]]
    for name in values:
        value = options[name.replace("-", "_")]
        if value is not None:
            given += [f"--{name}", str(value)]
    return given
