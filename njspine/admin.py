"""Who works here. Groups are not listed: njspine/roles.py defines them, and every migrate sets them right again."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.utils.translation import gettext_lazy as _

admin.site.unregister([User, Group])


class StaffForm(UserChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            # Django's text has no place on its page that the field could point to.
            self.fields["password"].help_text = ""


@admin.register(User)
class StaffAdmin(UserAdmin):
    """One account a person (45 CFR 164.312(a)(2)(i)). No search box: it would put names into addresses."""

    form = StaffForm
    list_display = ["username", "first_name", "last_name", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "groups"]
    search_fields = []
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (
            _("What they may do"),
            {
                "fields": ["is_active", "is_staff", "groups", "is_superuser"],
                "description": _(
                    "Front desk answers requests, Editor writes pages, Clinical reviewer checks them, Publisher writes "
                    "and publishes them. Leaving? Take away “Active”."
                ),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_delete_permission(self, request, obj=None):
        # What somebody did stays readable for six years; whoever leaves is switched off, not removed.
        return False
