"""Who acts: a person in the post they now act from, or a named part of the system.

Every action takes its Actor first, and the audit entry copies it, so that the record still reads
true when the person has left and the organ has been merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["officer", "citizen", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One asker: person, acting post, organ, on whose behalf, session and address.

    `person_id` and `post_id` are the row ids as text; `organ` is the organ's code; `on_behalf_of`
    is the name of the person stood in for (「B 代 A」), empty when acting for oneself; `session`
    is a digest that names the session without opening it.
    """

    kind: Kind
    person_id: str
    person_name: str
    post_id: str = ""
    post_name: str = ""
    organ: str = ""
    organ_name: str = ""
    on_behalf_of: str = ""
    session: str = ""
    address: str = ""

    @classmethod
    def system(cls, name: str) -> Actor:
        """A named part of the system: a job, a letter handler or the command line."""
        return cls(kind="system", person_id=f"system:{name}", person_name=f"系统（{name}）")

    def __str__(self) -> str:
        return f"{self.person_name}代{self.on_behalf_of}" if self.on_behalf_of else self.person_name
