"""The warning signs: each form edits one of them, publishing publishes all."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from content.admin.drafts import DraftAdmin, DraftForm
from content.models import RedFlag
from content.publishing import library_draft_problems, library_has_unpublished_changes, publish_safety_library


class RedFlagForm(DraftForm):
    def clean_key(self):
        key = self.cleaned_data["key"]
        if RedFlag.objects.filter(key=key, trashed_at__isnull=False).exists():
            raise forms.ValidationError(
                _("A sign in the trash has this short name. Restore that one, or choose another name.")
            )
        return key


@admin.register(RedFlag)
class RedFlagAdmin(DraftAdmin):
    form = RedFlagForm
    list_display = ("text", "group", "area", "in_check", "is_verified", "used_on")
    list_filter = ("group", "area", "in_check", "is_verified")
    search_fields = ("text", "key")
    publish_label = _("Publish all warning signs now")

    def get_queryset(self, request):
        return super().get_queryset(request).kept().annotate(page_count=Count("pages"))

    @admin.display(description=_("drafts that use it"), ordering="page_count")
    def used_on(self, flag):
        return flag.page_count

    def get_readonly_fields(self, request, obj=None):
        # Versions of pages hold the key.
        return ("key",) if obj else ()

    def publish_draft(self, obj, *, by, why, now):
        publish_safety_library(by=by, why=why, now=now)

    def draft_problems(self, obj):
        return library_draft_problems()

    def status(self, obj):
        if library_has_unpublished_changes():
            return _("Warning signs have changes that patients do not see yet.")
        return _("Patients see all warning signs as they are saved here.")
