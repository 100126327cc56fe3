"""Old addresses, addresses that lead nowhere, and links to other sites."""

from django.contrib import admin

from content.models import Redirect


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    list_display = ("path", "to_page", "to_path")
