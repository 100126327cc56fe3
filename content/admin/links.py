"""Links to other sites: which are dead, on which pages they stand, and one more try."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from content.anatomy import PageKind
from content.drafts import MODELS
from content.editing.links import external_links
from content.link_checker import ERRORS, LinkChecker
from content.models import ExternalLink, Page

# Somebody waits for the answer: three links, and four seconds for each try.
MOST_AT_ONCE, PATIENCE = 3, 4.0
PAUSE_SECONDS = 60


@admin.register(ExternalLink)
class ExternalLinkAdmin(admin.ModelAdmin):
    """Dead ones first. Rows come and go with the links in drafts and live pages."""

    list_display = ("link", "state", "pages", "checked_at")
    list_display_links = None
    list_filter = ("is_dead",)
    list_per_page = 50
    search_fields = ("url",)
    fields = ("url", "state", "status", "checked_at", "failing_since", "is_dead")
    readonly_fields = fields
    actions = ("try_again",)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Links to other sites")} | (extra_context or {}))

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        found = external_links()
        ids = {pk for link in changelist.result_list for pk in found.get(link.url, ())}
        names = {
            pk: (reverse(f"admin:content_{MODELS[PageKind(kind)]._meta.model_name}_change", args=[pk]), title)
            for pk, kind, title in Page.objects.filter(pk__in=ids).values_list("pk", "kind", "title")
        }
        for link in changelist.result_list:
            link.found_on = sorted(
                (names[pk] for pk in found.get(link.url, ()) if pk in names), key=lambda name: name[1]
            )
        return changelist

    @admin.display(description=_("link"), ordering="url")
    def link(self, link):
        return format_html('<a class="long-address" href="{}" rel="noreferrer noopener">{}</a>', link.url, link.url)

    @admin.display(description=_("when last tried"), ordering="is_dead")
    def state(self, link):
        if link.checked_at is None:
            return _("not tried yet")
        said = ERRORS.get(link.error) or (_("answer %(status)s") % {"status": link.status} if link.status else "")
        if link.is_dead:
            return _("dead: %(said)s") % {"said": said}
        return _("in doubt: %(said)s") % {"said": said} if link.failing_since else _("fine")

    @admin.display(description=_("on these pages"))
    def pages(self, link):
        return format_html_join(", ", '<a href="{}">{}</a>', link.found_on)

    @admin.action(description=_("Try the chosen links again now (three at most)"), permissions=["change"])
    def try_again(self, request, queryset):
        now = timezone.now()
        chosen = [link for link in queryset.order_by("pk")[:MOST_AT_ONCE] if not _was_just_tried(link, now)]
        checker = LinkChecker(timeout=PATIENCE)
        for link in chosen:
            checker.check(link, now=now)
            messages.info(request, f"{link.url}: {self.state(link)}")
        text = ngettext("%(count)s link was tried again.", "%(count)s links were tried again.", len(chosen))
        messages.success(request, text % {"count": len(chosen)})


def _was_just_tried(link, now):
    return link.checked_at is not None and (now - link.checked_at).total_seconds() < PAUSE_SECONDS
