"""One server for all, one seeded project, and the same project after its migration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moving import Databases, Project, with_target

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def server_url() -> str:
    url = os.environ.get("CAUSEWAY_TEST_PG")
    if not url:
        raise pytest.UsageError("CAUSEWAY_TEST_PG must name a PostgreSQL server: run `npm run test:django`")
    return url


@pytest.fixture(scope="session")
def databases(server_url: str) -> Iterator[Databases]:
    made = Databases(server_url)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of every kind, with its migrations and its rows in SQLite."""
    folder = tmp_path_factory.mktemp("kinds") / "project"
    shutil.copytree(HERE / "projects" / "kinds", folder)
    project = Project(folder, "")
    for command in (["makemigrations", "-v0", "accounts", "kinds", "archive"], ["migrate", "-v0"], ["migrate", "-v0", "--database", "archive"]):
        project.ok(*command)
    seeded = subprocess.run([sys.executable, "seed.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert seeded.returncode == 0, seeded.stderr
    return folder


@pytest.fixture
def fresh(seeded: Path, tmp_path: Path, databases: Databases) -> Project:
    """A copy of the seeded project and an empty database."""
    shutil.copytree(seeded, tmp_path / "project")
    return with_target(tmp_path / "project", databases.make())


@pytest.fixture(scope="session")
def migrated_once(seeded: Path, tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> tuple[Project, dict[str, Any]]:
    """The same project after `causeway_migrate --json`, and what that said. Not to be changed."""
    folder = tmp_path_factory.mktemp("migrated") / "project"
    shutil.copytree(seeded, folder)
    (folder / "logins.json").write_text(json.dumps([["anna@example.org", "pässwört 1"], ["ANNA@example.org", "other"], ["root@example.org", "t0psecret!"]]), encoding="utf-8")
    project = with_target(folder, databases.make())
    done = project.ok("causeway_migrate", "--json", "--transport", "embedded")
    return project, {**done.json, "said": done.err}


@pytest.fixture
def moved(migrated_once: tuple[Project, dict[str, Any]], databases: Databases) -> Project:
    """The migrated project with a copy of its PostgreSQL that a test may spoil."""
    project, _ = migrated_once
    url = databases.make(template=project.url.rsplit("/", 1)[1])
    # Not in its folder: another test may be reading there.
    return Project(project.folder, url, {"CAUSEWAY_TARGET": url})
