"""Who changed what, when and why: list, compare, bring back, copy, the page as of a date.

Every view here asks content/admin/unseen.py first: nobody compares, restores or copies what they may not see.
"""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.admin import library_history, record
from content.admin.page_frame import PRESSES, READS, address, frame, only, patterns, two
from content.admin.unseen import CHANGE, SEES_VERSIONS, page_for, version_for, whole_number
from content.anatomy import PageKind
from content.drafts import readable
from content.editing.comparing import compare, unchanged
from content.editing.naming import names_for
from content.editing.restoring import copy_page, restore
from content.editing.timeline import timeline
from content.errors import NotRestorable
from content.models import Page


class WithHistory:
    """A mixin of DraftAdmin, for pages and for the warning signs."""

    def get_urls(self):
        routes = PAGE_ROUTES if issubclass(self.model, Page) else library_history.ROUTES
        return patterns(self, routes) + super().get_urls()

    def history_view(self, request, object_id, extra_context=None):
        if not issubclass(self.model, Page):
            return library_history.history_view(self, request)
        if request.user.has_perm(SEES_VERSIONS) and self._in_trash(request, object_id):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return history_view(self, request, whole_number(unquote(object_id)) or 0)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["tools"] = self.tools(request, obj) if obj else None
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def tools(self, request, obj):
        """Where the history and the copy of `obj` are, for somebody who may see them; else None."""
        if not issubclass(self.model, Page):
            return library_history.tools(self, request)
        if not (request.user.has_perm(SEES_VERSIONS) and self.has_view_permission(request, obj)):
            return None
        may_copy = self.has_add_permission(request) and obj.kind != PageKind.GLOSSARY
        return {
            "history_url": address(self, "history", obj.pk),
            "copy_url": address(self, "copy", obj.pk) if may_copy else "",
        }


@only(*READS)
def history_view(model_admin, request, pk):
    """What happened to a page, with buttons to compare, look at and bring back versions."""
    page = page_for(model_admin, request, pk)
    shown = timeline(page, number=whole_number(request.GET.get("page", "")) or 1)
    numbers = [event.number for event in shown.events if event.number]
    live = page.live_version.number if page.live_version_id else None
    newest = numbers[0] if numbers else None
    others = [number for number in numbers if number != newest]
    context = frame(model_admin, request, page, _("History: %(page)s") % {"page": page}) | {
        "timeline": shown,
        "live_number": live,
        "first_choice": live if live in others else next(iter(others), None),
        "second_choice": newest,
        "can_compare": bool(others),
        "may_restore": model_admin.has_change_permission(request, page),
        "compare_url": address(model_admin, "compare", page.pk),
        "preview_url": address(model_admin, "preview", page.pk),
        "restore_url": address(model_admin, "restore", page.pk),
        "as_of_url": address(model_admin, "as_of", page.pk),
        "export_url": address(model_admin, "export", page.pk),
    }
    return TemplateResponse(request, "content/admin/history.html", context)


@only(*READS)
def compare_view(model_admin, request, pk):
    """Two versions of a page side by side, the older one first whatever was chosen first."""
    page = page_for(model_admin, request, pk)
    context = frame(model_admin, request, page, _("Two versions compared: %(page)s") % {"page": page})
    numbers = sorted(filter(None, (whole_number(request.GET.get(name, "")) for name in ("old", "new"))))
    if len(set(numbers)) < 2:
        problem = _("Choose two different versions in the history, then compare them.")
        return TemplateResponse(request, "content/admin/compare.html", context | {"problem": problem}, status=400)
    old, new = (version_for(page, str(number)) for number in numbers)
    before, after = (readable(version.data, page.kind) for version in (old, new))
    names = names_for(before, after)
    context |= {
        "problem": "",
        **two(old, new),
        "changes": compare(before, after, names),
        "unchanged": unchanged(before, after, names),
        "preview_url": address(model_admin, "preview", page.pk),
        "restore_url": address(model_admin, "restore", page.pk),
        "may_restore": model_admin.has_change_permission(request, page),
    }
    return TemplateResponse(request, "content/admin/compare.html", context)


@only(*PRESSES)
def restore_view(model_admin, request, pk):
    """An old version becomes the draft; patients see nothing of it."""
    page = page_for(model_admin, request, pk, to=CHANGE)
    version = version_for(page, request.POST.get("version", ""))
    try:
        restored = restore(page=page, version=version, by=request.user, now=timezone.now())
    except NotRestorable:
        messages.error(request, _("This version cannot be brought back. Nothing was changed."))
        return HttpResponseRedirect(address(model_admin, "history", page.pk))
    model_admin.log_change(request, page, restored.version.why)
    messages.success(
        request,
        _("Version %(number)s is the draft again. Patients see it when you publish it.") % {"number": version.number},
    )
    tell_left_out(request, restored.notes)
    return HttpResponseRedirect(address(model_admin, "change", page.pk))


@only(*PRESSES)
def copy_view(model_admin, request, pk):
    """A new draft with everything this page's draft says."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    page = page_for(model_admin, request, pk)
    try:
        copy, restored = copy_page(page=page, by=request.user, now=timezone.now())
    except NotRestorable:
        messages.error(request, _("This page cannot be copied: the site has one glossary."))
        return HttpResponseRedirect(address(model_admin, "change", page.pk))
    model_admin.log_addition(request, copy, restored.version.why)
    messages.success(request, _("This is the copy. It is a draft: choose its title and address, then save."))
    tell_left_out(request, restored.notes)
    return HttpResponseRedirect(address(model_admin, "change", copy.pk))


def tell_left_out(request, notes):
    """One message that names everything that did not come back."""
    if notes:
        first = ngettext("One thing is not as it was:", "%(count)s things are not as they were:", len(notes))
        messages.warning(request, " ".join([first % {"count": len(notes)}, *notes]))


PAGE_ROUTES = (
    ("<int:pk>/compare/", compare_view, "compare"),
    ("<int:pk>/restore/", restore_view, "restore"),
    ("<int:pk>/copy/", copy_view, "copy"),
    *record.ROUTES,
)
