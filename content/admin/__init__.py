"""The editors' side. Importing the modules registers them."""

from content.admin import addresses, feedback, pages, safety, searches, versions

__all__ = ["addresses", "feedback", "pages", "safety", "searches", "versions"]
