"""All of it in one call: `globals().update(postgresql())` at the end of a settings module."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .cache import redis_cache
from .database import SslMode, database
from .email import email
from .security import YEAR_SECONDS, security


def postgresql(
    url: str | None = None,
    *,
    pool: bool | Mapping[str, Any] = False,
    conn_max_age: int | None = None,
    pgbouncer: bool = False,
    atomic_requests: bool = True,
    sslmode: SslMode | None = None,
    sslrootcert: str | None = None,
    schema: str | None = None,
    options: Mapping[str, Any] | None = None,
    databases: Mapping[str, Any] | None = None,
    alias: str = "default",
    redis: str | bool = True,
    secure: bool = True,
    hsts_seconds: int = YEAR_SECONDS,
    hsts_subdomains: bool = True,
    hsts_preload: bool = True,
    behind_proxy: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Any]:
    """
    Settings for production on PostgreSQL, by name.

    `url`: postgres://user:password@host/database?sslmode=verify-full; default: DATABASE_URL of the environment. Connections
    live for 600 s and are checked before use, or come from psycopg's `pool` (Django 5.1 and newer; True, or its arguments).
    `redis`: an address; True takes REDIS_URL where it is set; False leaves cache and sessions alone. `databases`: the other
    aliases of the project. `secure`: what `check --deploy` asks for; DEBUG is off then.

    Raises ImproperlyConfigured, never with a password in its message.
    """
    address = url or environment.get("DATABASE_URL", "")
    if not address:
        raise ImproperlyConfigured("postgresql(): give the address of the database, or set DATABASE_URL")
    entry = database(
        address,
        pool=pool,
        conn_max_age=conn_max_age,
        pgbouncer=pgbouncer,
        atomic_requests=atomic_requests,
        sslmode=sslmode,
        sslrootcert=sslrootcert,
        schema=schema,
        options=options,
    )
    cache = environment.get("REDIS_URL", "") if redis is True else redis
    return {
        "DATABASES": {**(databases or {}), alias: entry},
        **(redis_cache(cache) if cache else {}),
        **(security(hsts_seconds=hsts_seconds, hsts_subdomains=hsts_subdomains, hsts_preload=hsts_preload, behind_proxy=behind_proxy) if secure else {}),
        **email(environment),
    }
