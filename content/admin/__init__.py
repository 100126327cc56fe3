"""The editors' side. Importing the modules registers them."""

from content.admin import addresses, feedback, links, pages, pictures, safety, searches, versions

__all__ = ["addresses", "feedback", "links", "pages", "pictures", "safety", "searches", "versions"]
