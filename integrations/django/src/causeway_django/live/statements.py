"""What a statement is to the switch: something that reads, or something that writes."""

from __future__ import annotations

import re

# What begins like this changes no row. A function that a SELECT calls may; the fence sees it then.
_READS = re.compile(
    r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*"
    r"(?:select|explain|show|values|table|savepoint|release|rollback|begin|start|commit|end|set|reset|pragma|declare|fetch|move|close|deallocate|listen|unlisten)\b",
    re.IGNORECASE | re.DOTALL,
)
_WITH = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*with\b", re.IGNORECASE | re.DOTALL)
_CHANGES = re.compile(r"\b(?:insert|update|delete|merge|replace)\b", re.IGNORECASE)

# As packages/control writes them: source-fence.ts and target-fence.ts.
_SQLITE_FENCE = "causeway: this database is closed for writing"
_POSTGRESQL_FENCE = re.compile(r"causeway: table .* is closed, because SQLite is the primary")


def writes(sql: object) -> bool:
    """True where it is not known to read only."""
    if not isinstance(sql, str):
        return True
    if _READS.match(sql):
        return False
    # `WITH … SELECT … FOR UPDATE` counts as a write: it then waits, which does no harm.
    return not (_WITH.match(sql) and not _CHANGES.search(sql))


def is_fence(error: BaseException) -> bool:
    """The refusal of one of the two fences, in whatever class the driver and Django have put it."""
    text = str(error)
    return _SQLITE_FENCE in text or _POSTGRESQL_FENCE.search(text) is not None
