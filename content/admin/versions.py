"""What was public, to read only."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from content.models import PageVersion, SafetyVersion


class RecordAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("as it was published"))
    def published_text(self, version):
        text = json.dumps(version.data, indent=2, ensure_ascii=False)
        return format_html("<pre>{}</pre>", text.encode(errors="backslashreplace").decode())


@admin.register(PageVersion)
class PageVersionAdmin(RecordAdmin):
    list_display = ("page", "number", "why", "by", "created_at")
    list_select_related = ("page", "by")
    list_filter = ("page__kind",)
    fields = ("page", "number", "created_at", "by", "why", "published_text")
    readonly_fields = fields
    date_hierarchy = "created_at"


@admin.register(SafetyVersion)
class SafetyVersionAdmin(RecordAdmin):
    list_display = ("number", "why", "by", "published_at")
    list_select_related = ("by",)
    fields = ("number", "published_at", "by", "why", "published_text")
    readonly_fields = fields
