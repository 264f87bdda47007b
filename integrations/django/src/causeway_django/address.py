"""A database's address as a URL, and the same as an entry of DATABASES: `postgres://user:password@host:port/name?sslmode=require`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEMES = ("postgres", "postgresql")
ENGINE = "django.db.backends.postgresql"


class AddressError(ValueError):
    """The message names what is wrong, never the address: it may hold a password."""


def database_from_url(url: str, *, schema: str | None = None) -> dict[str, Any]:
    """An entry of DATABASES. Query parameters become psycopg's, in OPTIONS."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise AddressError("the address of the database is not a URL") from None
    if parts.scheme not in SCHEMES:
        raise AddressError("the address of the database must begin with postgres:// or postgresql://")
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise AddressError("the address of the database names no database")
    options = dict(parse_qsl(parts.query))
    # A socket's folder does not fit into the host of a URL; libpq's own form gives it as a parameter.
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if schema is not None and schema != "public":
        options["options"] = " ".join(filter(None, [options.get("options"), f"-c search_path={schema}"]))
    return {
        "ENGINE": ENGINE,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or options.pop("port", "") or ""),
        "OPTIONS": options,
    }


def url_from_database(database: dict[str, Any]) -> str:
    """The address that the causeway command takes, of an entry of DATABASES."""
    user = quote(str(database.get("USER") or ""), safe="")
    password = quote(str(database.get("PASSWORD") or ""), safe="")
    host = str(database.get("HOST") or "")
    port = f":{database['PORT']}" if database.get("PORT") else ""
    options = database.get("OPTIONS") or {}
    query = {key: str(options[key]) for key in ("sslmode", "sslrootcert", "sslcert", "sslkey") if options.get(key)}
    if host.startswith("/"):
        query["host"] = host
        host = "localhost"
    account = f"{user}{':' + password if password else ''}@" if user else ""
    bracketed = f"[{host}]" if ":" in host else host or "localhost"
    return f"postgresql://{account}{bracketed}{port}/{quote(str(database['NAME']), safe='')}{'?' + urlencode(query) if query else ''}"
