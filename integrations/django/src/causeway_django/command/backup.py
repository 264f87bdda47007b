"""A backup of the SQLite file before anything touches it: SQLite's own online backup, which a writer does not disturb."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

from django.core.management.base import CommandError

from ..pair import ENVIRONMENT

#: Pages a step: the writers get their turn between two of them.
STEP = 4096
#: What the check says of rows that break a rule of their table. The file is sound, and the plan names such rows.
_OF_VALUES = re.compile(r"(NULL|TEXT|NUMERIC|non-\w+) value in |CHECK constraint failed in ")
#: More than any check of rows tells, so that they do not hide damage.
MOST_TOLD = 1_000_000


def back_up(source: Path, folder: Path) -> Path:
    """Returns the copy; it is a sound file (quick_check) and readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S")
    copy = folder / f"{source.stem}-{stamp}{source.suffix}"
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as read, closing(sqlite3.connect(partial)) as write:
            read.backup(write, pages=STEP)
            # One file, whatever mode the source is in.
            write.execute("PRAGMA journal_mode=DELETE")
            found = _damage(write)
        if found is not None:
            raise CommandError(f"the backup {copy} is not whole: {found}", returncode=ENVIRONMENT)
        partial.replace(copy)
    except (sqlite3.Error, OSError) as error:
        raise CommandError(f"the backup of {source} fails: {error}", returncode=ENVIRONMENT) from error
    finally:
        partial.unlink(missing_ok=True)
    return copy


def _damage(copy: sqlite3.Connection) -> str | None:
    copy.execute("PRAGMA ignore_check_constraints=ON")
    told = (str(text) for (text,) in copy.execute(f"PRAGMA quick_check({MOST_TOLD})"))
    return next((text for text in told if text != "ok" and not _OF_VALUES.match(text)), None)
