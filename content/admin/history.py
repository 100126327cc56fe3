"""Who changed what, when and why: list, compare, revert, copy, the page as of a date."""


class WithHistory:
    """A mixin of DraftAdmin."""
