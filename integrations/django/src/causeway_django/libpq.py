"""
What an entry of DATABASES leaves to libpq: the service file, PGHOST and its kin, the socket where no host is named. Only libpq
knows what it makes of that, so it is asked by connecting once.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

#: Exit code of the command line.
ENVIRONMENT = 3


def completed_by_libpq(database: dict[str, Any]) -> dict[str, Any]:
    """The same entry with nothing left out that an address needs."""
    options = database.get("OPTIONS") or {}
    whole = all(database.get(key) for key in ("NAME", "USER", "HOST")) and not options.get("service")
    # A copy of SQLite stands in the target's place where the check asks what was broken before.
    if whole or "sqlite" in str(database.get("ENGINE")):
        return database
    import psycopg

    given = {"dbname": database.get("NAME"), "user": database.get("USER"), "password": database.get("PASSWORD"), "host": database.get("HOST"), "port": database.get("PORT")}
    own = {key: options[key] for key in ("service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout") if options.get(key)}
    try:
        with psycopg.connect(**{key: value for key, value in given.items() if value}, **own) as connection:
            info = connection.info
            return {**database, "NAME": info.dbname, "USER": info.user, "PASSWORD": info.password, "HOST": info.host, "PORT": str(info.port)}
    except psycopg.Error as error:
        # Names host and port; never a password.
        raise CommandError(f"the target cannot be reached: {str(error).splitlines()[0]}", returncode=ENVIRONMENT) from error
