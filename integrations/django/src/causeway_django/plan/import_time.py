"""
Code that asks for the database's kind when it is imported. A process that runs through a switch keeps what it has chosen
then, so what follows from it (models, backends, SQL) is that of the database before.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding

EXAMPLES = 5
#: Run in processes of their own, or not at all.
ELSEWHERE = {"migrations", "management"}
#: Django's own modules ask when they are called.
KNOWN = ("django.", "causeway_django", "psycopg")


def import_time_findings() -> list[Finding]:
    places = [f"{_short(file)}:{line}" for file in _files() for line in _hits(file)]
    text = (
        "ask for the database's kind when they are imported: a process that runs through the switch keeps what they chose. "
        "Set the application so that it is the same in both for that time, or start the processes anew with --on-switch"
    )
    return [Finding("vendor-at-import", "decide", f"{len(places)} place(s)", text, places[:EXAMPLES])] if places else []


def _files() -> Iterator[Path]:
    """Of all that the project has loaded: a package need not be an application to be asked for models."""
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and not name.startswith(KNOWN) and not ELSEWHERE & set(name.split(".")):
            yield Path(file)


def _hits(file: Path) -> Iterator[int]:
    try:
        text = file.read_text(encoding="utf-8")
        if ".vendor" not in text:
            return
        yield from _asked(ast.parse(text).body)
    except (SyntaxError, ValueError, OSError):
        return


def _asked(nodes: list[ast.AST]) -> Iterator[int]:
    """What runs with the import: all but the bodies of functions."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Attribute) and node.attr == "vendor":
            yield node.lineno
        yield from _asked(list(ast.iter_child_nodes(node)))


def _short(file: Path) -> str:
    for folder in (Path.cwd(), *(parent for parent in file.parents if parent.name == "site-packages")):
        if file.is_relative_to(folder):
            return str(file.relative_to(folder))
    return str(file)
