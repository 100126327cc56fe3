"""What can go wrong in this app, as callers need to know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason not to publish: `field` as the form names it (`title`, `sections-3-body`), `text` one sentence."""

    field: str
    text: str


class Refused(Exception):
    """What somebody asked for breaks a rule; `problems` says which. Nothing was changed."""

    def __init__(self, problems):
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class NotPublishable(Refused):
    """The text breaks rules of content/gate.py or content/gate_reviews.py."""


class NotPlanned(Refused):
    """Nothing can happen at that time, or there is nothing to do then."""


class NotChecked(Refused):
    """The request for a check, or the answer to it, cannot stand as it is."""


class NotDecided(Refused):
    """The proposal for the warning signs cannot be made or answered like this."""


class NotAllowed(Exception):
    """This person may not do this, whatever was typed: no clinician, or no second person. Nothing was changed."""


class AppendOnlyError(Exception):
    """Versions are added, never changed or deleted: they are the record of what was public."""


class TooManyAnswers(Exception):
    """One network has answered about pages more often than people do. Nothing was kept."""
