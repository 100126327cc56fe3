"""The history of the warning signs: every wording that was public, to compare, look at and bring back as the draft."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from content.admin.page_frame import PRESSES, READS, only, two
from content.admin.unseen import CHANGE, SEES_LIBRARY_VERSIONS, require, whole_number
from content.editing.comparing import compare, unchanged
from content.editing.restoring import restore_library
from content.models import SafetyVersion

VERSIONS_ON_A_PAGE = 50


def tools(model_admin, request):
    """Where the history is, for somebody who may see it; else None."""
    if not (request.user.has_perm(SEES_LIBRARY_VERSIONS) and model_admin.has_view_permission(request)):
        return None
    return {"history_url": _address("library_history"), "copy_url": ""}


@only(*READS)
def history_view(model_admin, request):
    """Every wording of the warning signs that was public, newest first."""
    require(model_admin, request, versions=SEES_LIBRARY_VERSIONS)
    rows = SafetyVersion.objects.select_related("by").defer("data")
    shown = Paginator(rows, VERSIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    numbers = [version.number for version in shown]
    context = _frame(model_admin, request, _("History of the warning signs")) | {
        "versions": shown,
        "newest": numbers[0] if shown.number == 1 and numbers else None,
        "first_choice": numbers[1] if len(numbers) > 1 else None,
        "second_choice": numbers[0] if numbers else None,
        "can_compare": len(numbers) > 1,
        "may_restore": model_admin.has_change_permission(request),
    }
    return TemplateResponse(request, "content/admin/library_history.html", context)


@only(*READS)
def compare_view(model_admin, request):
    require(model_admin, request, versions=SEES_LIBRARY_VERSIONS)
    context = _frame(model_admin, request, _("Two versions of the warning signs compared")) | {"original": None}
    numbers = sorted(filter(None, (whole_number(request.GET.get(name, "")) for name in ("old", "new"))))
    if len(set(numbers)) < 2:
        problem = _("Choose two different versions in the history, then compare them.")
        return TemplateResponse(request, "content/admin/compare.html", context | {"problem": problem}, status=400)
    old, new = (_version(str(number)) for number in numbers)
    context |= {
        "problem": "",
        **two(old, new),
        "changes": compare(old.data, new.data),
        "unchanged": unchanged(old.data, new.data),
        "may_restore": model_admin.has_change_permission(request),
    }
    return TemplateResponse(request, "content/admin/compare.html", context)


@only(*PRESSES)
def restore_view(model_admin, request):
    """An old wording becomes the draft; patients see nothing of it."""
    require(model_admin, request, to=CHANGE, versions=SEES_LIBRARY_VERSIONS)
    version = _version(request.POST.get("version", ""))
    notes = restore_library(version=version, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The warning signs of version %(number)s are the draft again. Patients see them when they are published.")
        % {"number": version.number},
    )
    if notes:
        messages.warning(request, " ".join(notes))
    return HttpResponseRedirect(reverse("admin:content_redflag_changelist"))


def _frame(model_admin, request, title):
    return model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "original": None,
        "title": title,
        "subtitle": "",
        "change_url": reverse("admin:content_redflag_changelist"),
        "history_url": _address("library_history"),
        "compare_url": _address("library_compare"),
        "restore_url": _address("library_restore"),
        "preview_url": _address("library_preview"),
    }


def _address(name):
    return reverse(f"admin:content_redflag_{name}")


def _version(number):
    number = whole_number(number)
    version = SafetyVersion.objects.select_related("by").filter(number=number).first() if number else None
    if version is None:
        raise Http404
    return version


ROUTES = (
    ("history/", history_view, "library_history"),
    ("compare/", compare_view, "library_compare"),
    ("restore/", restore_view, "library_restore"),
)
