"""What Causeway's record in the target says is not where it was: tables that the plan leaves behind, rows in the quarantine."""

from __future__ import annotations

import json

from ..pair import Pair
from ..plan.target_tables import target_connection


def recorded_exceptions(pair: Pair, name: str) -> tuple[set[str], dict[str, int], bool]:
    """Tables left behind, quarantined rows by table, and whether the migration is still under way."""
    with target_connection().cursor() as cursor:
        cursor.execute("SELECT to_regclass('causeway.migration'), to_regclass('causeway.quarantine')")
        migration, quarantine = cursor.fetchone()
        if migration is None or quarantine is None:
            return set(), {}, False
        cursor.execute("SELECT id, generation, plan, phase FROM causeway.migration WHERE name = %s", [name])
        row = cursor.fetchone()
        if row is None:
            return set(), {}, False
        behind = {table["name"] for table in _document(row[2]).get("tables", []) if table["action"] == "skip"}
        cursor.execute(
            """SELECT c.contract->>'target', count(*) FROM causeway.quarantine q
                 JOIN causeway.table_contract c ON c.migration = q.migration AND c.generation = q.generation AND c.table_no = q.table_no
                WHERE q.migration = %s AND q.generation = %s GROUP BY 1""",
            [row[0], row[1]],
        )
        return behind, dict(cursor.fetchall()), row[3] != "completed"


def _document(plan: object) -> dict[str, list[dict[str, str]]]:
    return json.loads(plan) if isinstance(plan, str) else plan  # type: ignore[return-value]
