"""Two editors at once: a form never overwrites what somebody else saved meanwhile."""


class VersionCheck:
    """A mixin of DraftAdmin."""
