"""Tells the library of pictures where pages show them: the library itself knows nothing of pages."""

from clinic.picture_uses import read_also, tell
from content.picture_places import draft_use, version_uses

tell("content.section", way=draft_use)
read_also(version_uses)
