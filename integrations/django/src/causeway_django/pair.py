"""Which SQLite file moves into which PostgreSQL database: arguments, then settings, then the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from .address import AddressError, database_from_url, url_from_database
from .libpq import completed_by_libpq

#: Aliases under which both sides are open in one process; no name of a project begins so.
SOURCE_ALIAS = "causeway_source"
TARGET_ALIAS = "causeway_target"

USAGE = 2
ENVIRONMENT = 3


@dataclass(frozen=True)
class Pair:
    #: The alias in DATABASES whose database moves.
    alias: str
    source: Path
    #: Entry of DATABASES.
    target: dict[str, Any]
    #: Schema of the target in which the project's tables lie.
    schema: str

    @property
    def url(self) -> str:
        return url_from_database(completed_by_libpq(self.target))

    @property
    def name(self) -> str:
        """Name of the migration in Causeway's record: the file's, as the command itself would choose."""
        return self.source.name


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--database", default=DEFAULT_DB_ALIAS, metavar="ALIAS", help="alias in DATABASES that moves (default: default)")
    parser.add_argument("--source", metavar="FILE", help="the SQLite file; default: CAUSEWAY_SOURCE in the settings, else the file of the alias")
    parser.add_argument(
        "--to",
        metavar="ADDRESS",
        help="postgres://user@host/database, @FILE that holds it, or an alias in DATABASES; default: the PostgreSQL side of a live alias, CAUSEWAY_TARGET in the settings or the environment, "
        "else the alias itself or the only other alias if it is PostgreSQL, else DATABASE_URL",
    )


def find_pair(options: dict[str, Any]) -> Pair:
    alias = options["database"]
    if alias not in settings.DATABASES:
        raise CommandError(f"--database: DATABASES has no alias {alias!r}", returncode=USAGE)
    target = dict(_target(alias, options.get("to")))
    return Pair(alias=alias, source=_source(alias, options.get("source")), target=target, schema=schema_of(target))


def schema_of(target: dict[str, Any]) -> str:
    """The first schema of the search path that the entry sets; public where it sets none."""
    words = str((target.get("OPTIONS") or {}).get("options") or "").replace("-csearch_path", "-c search_path").split()
    for word in words:
        if word.startswith("search_path="):
            return word.removeprefix("search_path=").split(",")[0].strip('"')
    return "public"


def open_pair(pair: Pair) -> None:
    """Makes both sides connections of this process. Nothing connects yet."""
    source = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(pair.source), "TIME_ZONE": settings.DATABASES[pair.alias].get("TIME_ZONE")}
    _register(SOURCE_ALIAS, source)
    _register(TARGET_ALIAS, {**pair.target, "TIME_ZONE": source["TIME_ZONE"] or pair.target.get("TIME_ZONE")})


def _register(alias: str, entry: dict[str, Any]) -> None:
    # Gives the entry the same defaults that an entry of DATABASES gets.
    configured = connections.configure_settings({DEFAULT_DB_ALIAS: {}, alias: entry})
    connections.settings[alias] = configured[alias]


def live_side(alias: str, side: str) -> dict[str, Any] | None:
    """One side of an entry that causeway_django.live.database() has made; None of any other."""
    live = settings.DATABASES[alias].get("CAUSEWAY")
    return live[side] if isinstance(live, dict) else None


def _source(alias: str, given: str | None) -> Path:
    named = given or _by_alias(getattr(settings, "CAUSEWAY_SOURCE", None), alias)
    live = live_side(alias, "sqlite")
    if not named and live is not None:
        named = str(live["NAME"])
    if not named:
        if connections[alias].vendor != "sqlite":
            raise CommandError(f"DATABASES[{alias!r}] is no SQLite database; name the file with --source or CAUSEWAY_SOURCE", returncode=USAGE)
        named = str(settings.DATABASES[alias]["NAME"])
    file = Path(named.removeprefix("file:").split("?")[0] if str(named).startswith("file:") else named).resolve()
    if not file.is_file():
        raise CommandError(f"the SQLite database {file} is not a file", returncode=ENVIRONMENT)
    return file


def _target(alias: str, given: str | None) -> dict[str, Any]:
    if given is not None:
        return _entry(given, "--to")
    # Before everything that is said elsewhere: this is where the application will write after the switch.
    live = live_side(alias, "postgresql")
    if live is not None:
        return live
    setting = _by_alias(getattr(settings, "CAUSEWAY_TARGET", None), alias)
    if setting:
        return _entry(setting, "CAUSEWAY_TARGET")
    if os.environ.get("CAUSEWAY_TARGET"):
        return _entry(os.environ["CAUSEWAY_TARGET"], "CAUSEWAY_TARGET")
    servers = [name for name in settings.DATABASES if name not in (SOURCE_ALIAS, TARGET_ALIAS) and connections[name].vendor == "postgresql"]
    if alias in servers:
        return settings.DATABASES[alias]
    if len(servers) == 1:
        return settings.DATABASES[servers[0]]
    if os.environ.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")):
        return _entry(os.environ["DATABASE_URL"], "DATABASE_URL")
    several = f" (DATABASES has several: {', '.join(servers)})" if servers else ""
    raise CommandError(f"say where the target is: --to postgres://user@host/database, or CAUSEWAY_TARGET{several}", returncode=USAGE)


def _by_alias(setting: Any, alias: str) -> Any:
    """A setting may hold one value for the project, or one for each alias."""
    if isinstance(setting, dict) and "ENGINE" not in setting:
        return setting.get(alias)
    return str(setting) if isinstance(setting, Path) else setting


def _entry(given: Any, where: str) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    if given in settings.DATABASES:
        return settings.DATABASES[given]
    try:
        text = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
        return database_from_url(text)
    except (AddressError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CommandError(f"{where}: {reason}", returncode=USAGE) from error
