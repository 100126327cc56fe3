"""What can go wrong in this app, as callers need to know it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One reason not to publish: `field` as the form names it (`title`, `sections-3-body`), `text` one sentence."""

    field: str
    text: str


class NotPublishable(Exception):
    """The draft breaks rules of content/gate.py. Nothing was changed."""

    def __init__(self, problems):
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


class AppendOnlyError(Exception):
    """Versions are added, never changed or deleted: they are the record of what was public."""


class TooManyAnswers(Exception):
    """One network has answered about pages more often than people do. Nothing was kept."""


class AddressRefused(Exception):
    """A redirect that would hide something, lead nowhere or run in circles: `field` of the form, one sentence."""

    def __init__(self, field, text):
        super().__init__(field)
        self.field, self.text = field, text
