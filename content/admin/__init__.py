"""The editors' side. Importing the modules registers them."""

from content.admin import feedback, pages, safety, searches, versions

__all__ = ["feedback", "pages", "safety", "searches", "versions"]
