"""Trash instead of delete, with what would break listed first."""


class Trashable:
    """A mixin of DraftAdmin."""
