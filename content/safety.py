"""The safety library as it is live now. Pages hold keys only, so a new wording reaches all of them at once."""

from dataclasses import dataclass

from content.models import RedFlag, SafetyVersion


@dataclass(frozen=True)
class Flag:
    """One warning sign as patients read it. `group` and `area` are values of content.states."""

    key: str
    group: str
    area: str
    text: str
    in_check: bool


@dataclass(frozen=True)
class Library:
    """A published set of warning signs; version 0 is the empty one, before anything was published."""

    version: int = 0
    flags: tuple[Flag, ...] = ()

    def of_group(self, group):
        return tuple(flag for flag in self.flags if flag.group == group)

    def check(self, group):
        """Signs of the group that the request's safety check asks about."""
        return tuple(flag for flag in self.of_group(group) if flag.in_check)

    def pick(self, keys, group):
        """Signs of the group with one of the `keys`, in the library's order. Keys it does not know are left out."""
        keys = set(keys)
        return tuple(flag for flag in self.of_group(group) if flag.key in keys)


def live_library():
    """The newest published Library, in one query."""
    return library_of(SafetyVersion.objects.order_by("-number").first())


def library_at(instant):
    """The Library that was public at that instant, in one query."""
    return library_of(SafetyVersion.objects.filter(published_at__lte=instant).order_by("-number").first())


def draft_library():
    """The Library as its rows are saved, in one query. Patients do not see it."""
    rows = RedFlag.objects.kept().order_by("order", "pk").values("key", "group", "area", "text", "in_check")
    return Library(0, tuple(Flag(**row) for row in rows))


def library_of(version):
    """The Library of a SafetyVersion; the empty one for None."""
    if version is None:
        return Library()
    return Library(version.number, tuple(Flag(**flag) for flag in version.data["flags"]))
