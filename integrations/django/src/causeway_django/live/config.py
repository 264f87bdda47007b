"""What a project says about its two databases, as an entry of DATABASES and as the rest of this package reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Side = Literal["sqlite", "postgresql"]
SIDES: tuple[Side, ...] = ("sqlite", "postgresql")
ENGINE = "causeway_django.live"

# Longest time that a write waits at the gate. Below the 30 s after which gunicorn's sync workers and most proxies give up.
WAIT_SECONDS = 25.0
# Of a task, a command or a transaction outside of requests: nobody gives up on it, so it had better wait than fail.
PATIENCE_SECONDS = 3600.0


def other_side(side: Side) -> Side:
    return "postgresql" if side == "sqlite" else "sqlite"


def database(
    *,
    sqlite: Mapping[str, Any],
    postgresql: Mapping[str, Any],
    state: str | os.PathLike[str] | None = None,
    wait: float = WAIT_SECONDS,
    patience: float = PATIENCE_SECONDS,
    **common: Any,
) -> dict[str, Any]:
    """
    An entry of DATABASES. `sqlite` and `postgresql` are entries as they would stand there alone; `state` is the small file
    that says which of them is the primary, by default beside the SQLite file. ATOMIC_REQUESTS and the like count where
    both sides have them, or given here.
    """
    if not sqlite.get("NAME"):
        raise ValueError("sqlite: NAME is missing")
    file = state if state is not None else f"{os.fspath(sqlite['NAME'])}.causeway-primary"
    both = {
        "ATOMIC_REQUESTS": bool(sqlite.get("ATOMIC_REQUESTS")) and bool(postgresql.get("ATOMIC_REQUESTS")),
        "TIME_ZONE": sqlite.get("TIME_ZONE"),
    }
    return {
        "ENGINE": ENGINE,
        "NAME": sqlite["NAME"],
        **both,
        **common,
        "CAUSEWAY": {"sqlite": dict(sqlite), "postgresql": dict(postgresql), "state": os.fspath(file), "wait": float(wait), "patience": float(patience)},
    }


@dataclass(frozen=True)
class LiveConfig:
    alias: str
    sides: Mapping[Side, dict[str, Any]]
    state: Path
    # How long a request waits at the gate, and anything else, in seconds.
    wait: float
    patience: float
    # A process that works on one side whatever the state says: `CAUSEWAY_SIDE=postgresql manage.py migrate`.
    pinned: Side | None


def live_config(alias: str, entry: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> LiveConfig:
    own = entry.get("CAUSEWAY")
    if not isinstance(own, Mapping):
        raise ValueError(f"DATABASES[{alias!r}] has no CAUSEWAY: make it with causeway_django.live.database()")
    # What is said for both sides counts where a side does not say it itself; Django fills in the rest.
    common = {key: entry[key] for key in ("ATOMIC_REQUESTS", "AUTOCOMMIT", "TIME_ZONE", "TEST") if key in entry}
    sides = {side: with_defaults({**common, **own[side]}) for side in SIDES}
    pinned = environment.get("CAUSEWAY_SIDE") or None
    if pinned is not None and pinned not in SIDES:
        raise ValueError(f"CAUSEWAY_SIDE is {pinned!r}; it must be sqlite or postgresql")
    return LiveConfig(
        alias=alias,
        sides=sides,
        state=Path(own["state"]),
        wait=float(own.get("wait", WAIT_SECONDS)),
        patience=float(own.get("patience", PATIENCE_SECONDS)),
        pinned=pinned,
    )


def with_defaults(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What ConnectionHandler.configure_settings does for an entry of DATABASES."""
    filled: dict[str, Any] = {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {},
        "TIME_ZONE": None,
        "NAME": "",
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        **entry,
    }
    filled["TEST"] = {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None, **(filled.get("TEST") or {})}
    return filled
