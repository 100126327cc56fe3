"""Old addresses that lead on, and addresses that visitors ask for in vain."""

import difflib
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from content.address_rules import words_of_address
from content.addresses import checked, keep_redirect
from content.errors import AddressRefused
from content.missing_addresses import LEAST_TIMES
from content.models import MissingAddress, Page, Redirect

TYPED = ("path", "to_page", "to_path")
MOST_RIVALS = 5
LEAST_ALIKE = 0.6


class PageChoice(forms.ModelChoiceField):
    def label_from_instance(self, page):
        return f"{page.live_title} ({page.get_kind_display()})"


class RedirectForm(forms.ModelForm):
    to_page = PageChoice(
        Page.objects.published().order_by("live_title"),
        label=_("To the page"),
        required=False,
        help_text=_("Best: it leads to wherever this page is, also when its address changes again."),
    )

    class Meta:
        model = Redirect
        fields = TYPED

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            wanted = Redirect(pk=self.instance.pk, **{name: cleaned.get(name) for name in TYPED})
            try:
                cleaned["path"], cleaned["to_page"], cleaned["to_path"] = checked(wanted)
            except AddressRefused as error:
                self.add_error(error.field, error.text)
        return cleaned


class IgnoredFilter(admin.SimpleListFilter):
    title = _("which")
    parameter_name = "ignored"

    def lookups(self, request, model_admin):
        return [("yes", _("ignored"))]

    def choices(self, changelist):
        asked_for, *others = super().choices(changelist)
        return [asked_for | {"display": _("asked for")}, *others]

    def queryset(self, request, queryset):
        return queryset.filter(is_ignored=self.value() == "yes")


@admin.register(Redirect)
class RedirectAdmin(admin.ModelAdmin):
    """Made by itself when the address of a live page changes, or by hand."""

    form = RedirectForm
    list_display = ("path", "leads_to", "made", "by", "created_at")
    list_filter = ("is_automatic",)
    list_select_related = ("to_page", "by")
    search_fields = ("path", "to_path")
    readonly_fields = ("made", "by", "created_at")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Old addresses that lead on")} | (extra_context or {}))

    def get_fields(self, request, obj=None):
        return (*TYPED, *(self.readonly_fields if obj else ()))

    @admin.display(description=_("leads to"))
    def leads_to(self, redirect):
        if redirect.to_page is None:
            return redirect.to_path
        if redirect.to_page.live_version_id is None:
            return _("nowhere now: “%(title)s” is not live") % {"title": redirect.to_page.title}
        return redirect.to_page.get_absolute_url()

    @admin.display(description=_("made"), ordering="is_automatic")
    def made(self, redirect):
        return _("when the address changed") if redirect.is_automatic else _("by hand")

    def save_model(self, request, obj, form, change):
        keep_redirect(redirect=obj, by=request.user)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        for _rival in range(MOST_RIVALS):
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except (AddressRefused, IntegrityError):
                # Somebody else saved between the check and the save: the same form, checked again, says what is wrong.
                continue
        return super().changeform_view(request, object_id, form_url, extra_context)


@admin.register(MissingAddress)
class MissingAddressAdmin(admin.ModelAdmin):
    """Most asked for first. What was asked for once only is not here: people mistype."""

    list_display = ("path", "times", "last_day", "guess", "make")
    list_filter = (IgnoredFilter,)
    list_per_page = 50
    fields = ("path", "times", "first_day", "last_day", "is_ignored")
    readonly_fields = ("path", "times", "first_day", "last_day")
    actions = ("ignore",)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(times__gte=LEAST_TIMES)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        title = {"title": _("Addresses that visitors asked for in vain")}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_changelist_instance(self, request):
        # One look at the live pages for all the rows that are shown.
        changelist = super().get_changelist_instance(request)
        pages = {page.live_slug: page for page in Page.objects.published().order_by("-pk")}
        may_add = request.user.has_perm("content.add_redirect")
        solved = set(Redirect.objects.values_list("path", flat=True))
        for missing in changelist.result_list:
            missing.guessed = _guess(missing.path, pages)
            missing.may_lead = may_add and missing.path not in solved
        return changelist

    @admin.display(description=_("perhaps"))
    def guess(self, missing):
        return missing.guessed.live_title if missing.guessed else ""

    @admin.display(description=_("mend it"))
    def make(self, missing):
        if not missing.may_lead:
            return ""
        query = {"path": missing.path} | ({"to_page": missing.guessed.pk} if missing.guessed else {})
        url = f"{reverse('admin:content_redirect_add')}?{urlencode(query)}"
        return format_html('<a class="button" href="{}">{}</a>', url, _("Make a redirect"))

    @admin.action(description=_("Ignore the chosen addresses"), permissions=["change"])
    def ignore(self, request, queryset):
        count = queryset.update(is_ignored=True)
        text = ngettext("%(count)s address is ignored now.", "%(count)s addresses are ignored now.", count)
        messages.success(request, text % {"count": count})


def _guess(path, pages):
    """The live page (of {slug: Page}) whose address is most like the last part of `path`, or None."""
    wanted = words_of_address(path.removesuffix(".html").removesuffix(".htm")).replace(" ", "-").lower()
    alike = difflib.get_close_matches(wanted, pages, n=1, cutoff=LEAST_ALIKE) if wanted else []
    return pages[alike[0]] if alike else None
