"""What a process says that it has written, kept apart from every database: one line of JSON for each commit."""

import json
import os
import signal


class Ledger:
    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if path else None

    def add(self, **entry):
        if self.file is not None:
            os.write(self.file, f"{json.dumps(entry)}\n".encode())


class Stopping:
    """Set by SIGTERM and SIGINT: the work at hand is finished first."""

    def __init__(self):
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, *_):
        self.asked = True
