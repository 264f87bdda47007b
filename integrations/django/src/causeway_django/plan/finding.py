"""Something that a person should know before, or decide."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

#: stop: the migration is refused; decide: it changes what the application does or leaves something behind; know: no action.
Severity = Literal["stop", "decide", "know"]


@dataclass(frozen=True)
class Finding:
    id: str
    severity: Severity
    subject: str
    text: str
    #: Example keys or places in the code, few.
    evidence: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def as_line(self) -> str:
        shown = f" ({', '.join(self.evidence)})" if self.evidence else ""
        return f"{self.severity:<6} {self.id:<22} {self.subject}: {self.text}{shown}"
