"""The entry of DATABASES: persistent connections with health checks, or a pool; SSL; transactions around requests."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Literal

import django
from django.core.exceptions import ImproperlyConfigured

from ..address import AddressError, database_from_url

SslMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
SSL_MODES: tuple[SslMode, ...] = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

#: Ten minutes: long enough to save most connects, short enough that a server's memory is given back.
CONN_MAX_AGE = 600
#: Django has psycopg's pool from here on.
POOL_SINCE = (5, 1)
CONNECT_TIMEOUT_SECONDS = 10
LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")


def database(
    url: str,
    *,
    pool: bool | Mapping[str, Any] = False,
    conn_max_age: int | None = None,
    pgbouncer: bool = False,
    atomic_requests: bool = True,
    sslmode: SslMode | None = None,
    sslrootcert: str | None = None,
    schema: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    try:
        entry = database_from_url(url, schema=schema)
    except AddressError as error:
        raise ImproperlyConfigured(str(error)) from error
    entry["ATOMIC_REQUESTS"] = atomic_requests
    entry["CONN_HEALTH_CHECKS"] = True
    entry["OPTIONS"] = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, **entry["OPTIONS"], **_ssl(entry, sslmode, sslrootcert), **(options or {})}
    _connections(entry, pool, conn_max_age, pgbouncer)
    return entry


def _ssl(entry: dict[str, Any], sslmode: SslMode | None, sslrootcert: str | None) -> dict[str, str]:
    """What the address says counts; else the network is not trusted, and this machine is."""
    mode = sslmode or entry["OPTIONS"].get("sslmode") or ("prefer" if _is_local(entry["HOST"]) else "require")
    if mode not in SSL_MODES:
        raise ImproperlyConfigured(f"sslmode {mode!r} is none of {', '.join(SSL_MODES)}")
    root = sslrootcert or entry["OPTIONS"].get("sslrootcert")
    if mode.startswith("verify-") and not root:
        raise ImproperlyConfigured(f"sslmode {mode} needs sslrootcert: the file of the authority's certificate, or 'system'")
    return {"sslmode": mode, **({"sslrootcert": root} if root else {})}


def _is_local(host: str) -> bool:
    return host in LOCAL_HOSTS or host.startswith("/")


def _connections(entry: dict[str, Any], pool: bool | Mapping[str, Any], conn_max_age: int | None, pgbouncer: bool) -> None:
    if pgbouncer:
        # In its transaction mode a connection is ours for one transaction: nothing may stay on it.
        entry["DISABLE_SERVER_SIDE_CURSORS"] = True
        entry["OPTIONS"]["prepare_threshold"] = None
    if not pool:
        entry["CONN_MAX_AGE"] = (0 if pgbouncer else CONN_MAX_AGE) if conn_max_age is None else conn_max_age
        return
    if conn_max_age:
        raise ImproperlyConfigured("pool and conn_max_age exclude each other: a pool keeps the connections itself")
    if django.VERSION[:2] < POOL_SINCE:
        raise ImproperlyConfigured(f"Django {django.get_version()} has no pool for psycopg; it comes with 5.1. Leave pool away, connections then live for {CONN_MAX_AGE} s")
    if find_spec("psycopg_pool") is None:
        raise ImproperlyConfigured("the pool needs psycopg's own package: pip install 'psycopg[pool]'")
    entry["CONN_MAX_AGE"] = 0
    entry["OPTIONS"]["pool"] = True if pool is True else dict(pool)
