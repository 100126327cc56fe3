"""The editors' side. Importing the modules registers them."""

from content.admin import pages, safety, versions

__all__ = ["pages", "safety", "versions"]
