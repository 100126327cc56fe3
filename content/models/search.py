"""The index of the site's search, the same on both engines, and the searches that found nothing.

Entries and postings repeat what live pages say; content/search/index.py writes them with the publishing, in the same
transaction, and `manage.py rebuild_search` writes them again.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """One thing to find: a live page, or a word of the glossary (`anchor` is then its place on that page)."""

    page = models.ForeignKey("content.Page", models.CASCADE, related_name="search_entries")
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=10)
    anchor = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=90)
    tagline = models.CharField(max_length=120, blank=True)
    passages = models.JSONField(help_text=_("Sections to quote from: content.search.documents.Passage."))
    salt = models.PositiveIntegerField(help_text=_("Random: the sum of all tells whether anything was written anew."))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [models.UniqueConstraint(fields=["page", "anchor"], name="search_entry_once")]

    def __str__(self):
        return self.title


class SearchPosting(models.Model):
    """A word of an entry by its stem. `weight` is between 0 and 1, `word` how the entry writes it most often."""

    entry = models.ForeignKey(SearchEntry, models.CASCADE, related_name="postings")
    stem = models.CharField(max_length=40)
    word = models.CharField(max_length=40)
    weight = models.FloatField()

    class Meta:
        verbose_name = _("search posting")
        verbose_name_plural = _("search postings")
        constraints = [models.UniqueConstraint(fields=["stem", "entry"], name="search_posting_once")]

    def __str__(self):
        return f"{self.stem} {self.entry_id}"


class SearchMiss(models.Model):
    """A search that found nothing, counted (content/search/misses.py). No time of day, no address, no cookie.

    Until several days have seen the same words there is only their keyed hash in `key`; `words` come with the search
    that shows that they are more than one person's.
    """

    key = models.CharField(max_length=64, unique=True, editable=False)
    words = models.CharField(_("what people searched for"), max_length=60, blank=True)
    times = models.PositiveIntegerField(_("how often"), default=0)
    times_on_last_day = models.PositiveIntegerField(default=0, editable=False)
    days = models.PositiveIntegerField(_("on how many days"), default=0)
    first_day = models.DateField(_("first"))
    last_day = models.DateField(_("last"), db_index=True)

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        ordering = ["-times", "words", "pk"]

    def __str__(self):
        return self.words or _("(not shown yet)")
