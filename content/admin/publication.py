"""Publish, plan it, take off the site, ask for a check: buttons that say what will happen."""


class Publication:
    """A mixin of DraftAdmin."""
