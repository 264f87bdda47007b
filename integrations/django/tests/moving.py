"""Real projects, moved by their own manage.py: a real SQLite file, a real PostgreSQL, and the causeway command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out.strip().rsplit("\n", 1)[-1])


@dataclass
class Project:
    """A copy of a project with a target of its own."""

    folder: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)
    manage: str = "manage.py"

    def run(self, *arguments: str, **environment: str) -> Ended:
        # What the machine's environment says of databases and settings must not decide a test.
        inherited = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "CAUSEWAY_TARGET", "CAUSEWAY_STATE", "DJANGO_SETTINGS_MODULE", "REDIS_URL", "EMAIL_HOST")}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", self.manage, *arguments],
            cwd=self.folder,
            env={**inherited, **self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str, **environment: str) -> Ended:
        ended = self.run(*arguments, **environment)
        assert ended.code == 0, f"{arguments} ended with {ended.code}:\n{ended.out[-2000:]}\n{ended.err[-4000:]}"
        return ended

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


class Databases:
    def __init__(self, server: str) -> None:
        self.server = server
        self.names: list[str] = []

    def make(self, template: str | None = None) -> str:
        name = f"django_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        self.names.append(name)
        return self.server.rsplit("/", 1)[0] + f"/{name}"

    def drop(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as admin:
            for name in self.names:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def with_target(folder: Path, url: str) -> Project:
    (folder / "to").write_text(url, encoding="utf-8")
    return Project(folder, url, {"CAUSEWAY_TARGET": "@to"})
