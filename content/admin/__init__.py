"""The editors' side. Importing the modules registers them."""

from content.admin import feedback, pages, pictures, safety, searches, versions

__all__ = ["feedback", "pages", "pictures", "safety", "searches", "versions"]
