"""Opening hours as pure computation."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class OpenState:
    """What the header says, and until which instant it stays true."""

    is_open: bool
    text: str
    valid_until: datetime.datetime
