"""Lookups and SQL in the project's own code whose meaning changes with the database, found by their syntax."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from .finding import Finding

EXAMPLES = 5

#: Without regard to ASCII case in SQLite (LIKE), with regard to it in PostgreSQL.
SENSITIVE_NOW = ("contains", "startswith", "endswith")
#: Only ASCII in SQLite, all letters in PostgreSQL.
WIDER_NOW = ("icontains", "istartswith", "iendswith", "iexact")
RAW = ("raw", "extra", "RawSQL", "RunSQL", "execute", "executemany")


def code_findings() -> list[Finding]:
    places: dict[str, list[str]] = {}
    for file in _own_files():
        for kind, line in _hits(file):
            places.setdefault(kind, []).append(f"{_short(file)}:{line}")
    texts = {
        "lookup-case": ("decide", "contains, startswith, endswith", "ignore ASCII case in SQLite and respect it in PostgreSQL: where case does not matter, write icontains, istartswith, iendswith"),
        "lookup-unicode": ("know", "icontains, iexact and their kin", "ignore the case of ASCII alone in SQLite, of all letters in PostgreSQL: they find more (ä and Ä)"),
        "select-for-update": ("decide", "select_for_update()", "does nothing in SQLite; PostgreSQL locks the rows, and refuses it outside of a transaction: ATOMIC_REQUESTS or atomic()"),
        "raw-sql": ("decide", "SQL by hand", "is not translated: try each place on PostgreSQL"),
    }
    return [Finding(kind, *texts[kind][:1], f"{texts[kind][1]}, {len(found)} place(s)", texts[kind][2], found[:EXAMPLES]) for kind, found in sorted(places.items())]


def _own_files() -> Iterator[Path]:
    """Code of the project's applications; what pip has installed is for its authors."""
    installed = {Path(sysconfig.get_paths()[name]).resolve() for name in ("purelib", "platlib", "stdlib")}
    seen: set[Path] = set()
    for config in apps.get_app_configs():
        folder = Path(config.path).resolve()
        if folder == Path(__file__).resolve().parent.parent or any(folder.is_relative_to(place) for place in installed):
            continue
        for file in sorted(folder.rglob("*.py")):
            if file not in seen and not {"site-packages", "node_modules", "__pycache__"} & set(file.parts):
                seen.add(file)
                yield file


def _hits(file: Path) -> Iterator[tuple[str, int]]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg is not None and "__" in node.arg:
            yield from _lookup(node.arg.rsplit("__", 1)[1], node.value.lineno)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            if name in RAW:
                yield "raw-sql", node.lineno
            elif name == "select_for_update":
                yield name.replace("_", "-"), node.lineno


def _lookup(name: str, line: int) -> Iterator[tuple[str, int]]:
    if name in SENSITIVE_NOW:
        yield "lookup-case", line
    elif name in WIDER_NOW:
        yield "lookup-unicode", line


def _short(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
