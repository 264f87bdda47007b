"""What Causeway's own record in the target says of a migration."""

from __future__ import annotations

from ..pair import Pair
from .target_tables import target_connection


def recorded_phase(pair: Pair, name: str) -> str | None:
    """None where there is none of that name."""
    with target_connection().cursor() as cursor:
        cursor.execute("SELECT to_regclass('causeway.migration')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT phase FROM causeway.migration WHERE name = %s", [name])
        row = cursor.fetchone()
        return None if row is None else row[0]
