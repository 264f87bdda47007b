"""
Which side can be written, as the two databases themselves say it: by the triggers of the fences. Asked where the state
file cannot be believed, because whoever closed the gate has ended, or because a write has met a fence behind an open gate.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db.utils import Error, load_backend

from .config import LiveConfig, Side

logger = logging.getLogger("causeway.live")

# Names as packages/control gives them; everybody may read both catalogues.
_SQLITE_FENCED = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '\\_causeway\\_fence\\_%%' ESCAPE '\\'"
_POSTGRESQL_CLOSED = "SELECT count(*) FROM pg_catalog.pg_trigger WHERE tgname IN ('!causeway_fence', '!causeway_fence_statement') AND tgenabled <> 'D'"
CONNECT_SECONDS = 2


def writable_side(config: LiveConfig) -> Side | None:
    """None: neither, or both, or it cannot be found out."""
    try:
        sqlite = _count(config, "sqlite", _SQLITE_FENCED) == 0
        postgresql = _count(config, "postgresql", _POSTGRESQL_CLOSED) == 0
    except Error as error:
        logger.warning("cannot see which database is the primary: %s", type(error).__name__)
        return None
    if sqlite == postgresql:
        return None
    return "sqlite" if sqlite else "postgresql"


def _count(config: LiveConfig, side: Side, sql: str) -> int:
    entry: dict[str, Any] = {**config.sides[side], "OPTIONS": dict(config.sides[side]["OPTIONS"])}
    if side == "postgresql":
        entry["OPTIONS"].pop("pool", None)
        entry["OPTIONS"].setdefault("connect_timeout", CONNECT_SECONDS)
    else:
        # It only looks, and Django before 5.1 does not know the option.
        entry["OPTIONS"].pop("transaction_mode", None)
    # A connection of its own: the one at work may be in the middle of a transaction that has just failed.
    connection = load_backend(entry["ENGINE"]).DatabaseWrapper(entry, config.alias)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, [])
            return int(cursor.fetchone()[0])
    finally:
        connection.close()
