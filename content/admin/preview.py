"""The page as a patient sees it, before patients do."""


class Previewed:
    """A mixin of DraftAdmin."""
