"""
The live switch: one entry of DATABASES that is SQLite until the cutover and PostgreSQL from then on, and back again.

Nothing here imports Django's database layer, since a settings module takes `database` from this package; and the gate's
command, which runs while requests wait, imports nothing that it does not use.
"""

from typing import TYPE_CHECKING, Any

from .config import database
from .moved import DatabaseMoved

if TYPE_CHECKING:
    from .held_function import held

__all__ = ["DatabaseMoved", "database", "held"]


def __getattr__(name: str) -> Any:
    if name == "held":
        from .held_function import held

        return held
    raise AttributeError(name)
