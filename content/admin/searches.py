"""Searches that found nothing: which words and pages patients miss."""

from django.contrib import admin

from content.admin.versions import RecordAdmin
from content.models import SearchMiss


@admin.register(SearchMiss)
class SearchMissAdmin(RecordAdmin):
    """Most frequent first. What only one person may have typed is not here (content/search/misses.py)."""

    list_display = ("words", "times", "days", "first_day", "last_day")
    fields = list_display
    readonly_fields = fields
    date_hierarchy = "last_day"

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(words="")
