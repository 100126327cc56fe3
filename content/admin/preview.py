"""The page as a patient sees it, before patients do: the saved draft, an old version, or what stands in the form."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import all_valid
from django.http import Http404, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from content.admin.page_frame import PRESSES, READS, address, frame, only, patterns
from content.admin.unseen import (
    CHANGE,
    SEES_LIBRARY_VERSIONS,
    SEES_VERSIONS,
    page_for,
    require,
    row_or_404,
    version_for,
    whole_number,
)
from content.drafts import draft_data
from content.editing.preview_links import link_to
from content.editing.saving import keep_draft
from content.editing.sharing import revoke_preview_links
from content.models import Page, PageVersion, RedFlag, SafetyVersion
from content.preview import absolute, framed, preview_html, signs_html, strip_for
from content.safety import draft_library, library_of


class Previewed:
    """A mixin of DraftAdmin, for pages and for the warning signs."""

    def get_urls(self):
        routes = PAGE_ROUTES if issubclass(self.model, Page) else LIBRARY_ROUTES
        return patterns(self, routes) + super().get_urls()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["preview"] = panel(self, request, obj)
        # Its frames are the only ones that the form may hold.
        request.csp_frames = context["preview"] is not None
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)


def panel(model_admin, request, obj):
    """Where the frames beside the form get their pages; None for whoever may see no drafts."""
    is_page = issubclass(model_admin.model, Page)
    sees = request.user.has_perm(SEES_VERSIONS if is_page else SEES_LIBRARY_VERSIONS)
    if not sees or not model_admin.has_view_or_change_permission(request, obj):
        return None
    may_type = model_admin.has_change_permission(request, obj) if obj else model_admin.has_add_permission(request)
    return {
        "saved_url": address(model_admin, "preview", obj.pk) if obj else "",
        "typed_url": (address(model_admin, "preview", obj.pk) if obj else address(model_admin, "add_preview"))
        if may_type
        else "",
        "link_url": address(model_admin, "preview_link", obj.pk) if obj and is_page and may_type else "",
    }


@only(*READS, *PRESSES)
def preview_view(model_admin, request, pk):
    """GET: the saved draft, or `?version=`, with the warning signs of `&on=`. POST: what stands in the form."""
    if request.method == "POST":
        return typed_preview(model_admin, request, page_for(model_admin, request, pk, to=CHANGE))
    page = page_for(model_admin, request, pk)
    if "version" in request.GET:
        version = version_for(page, request.GET["version"])
        at = moment(request.GET.get("on"))
        strip = strip_for(version, page)
        if at:
            strip = _("The page as patients could read it on %(when)s.") % {"when": in_words(at)}
        return framed(request, preview_html(request, page, version.data, strip=strip, at=at))
    strip = _("Preview of the draft saved %(when)s. Patients do not see this.") % {"when": in_words(page.updated_at)}
    return framed(request, preview_html(request, page, draft_data(page.pk), strip=strip))


@only(*PRESSES)
def add_preview_view(model_admin, request):
    """What stands in the form of a page, or a sign, that was never saved."""
    versions = SEES_VERSIONS if issubclass(model_admin.model, Page) else SEES_LIBRARY_VERSIONS
    if not (request.user.has_perm(versions) and model_admin.has_add_permission(request)):
        raise PermissionDenied
    return typed_preview(model_admin, request, None)


@only(*READS, *PRESSES)
def sign_preview_view(model_admin, request, pk):
    """The page of the emergency signs: GET as all signs are saved, POST with this one as it stands in the form."""
    require(model_admin, request, to=CHANGE if request.method == "POST" else "view", versions=SEES_LIBRARY_VERSIONS)
    flag = row_or_404(model_admin, request, pk)
    if request.method == "POST":
        return typed_preview(model_admin, request, flag)
    return _draft_signs(request)


@only(*READS)
def library_preview_view(model_admin, request):
    """The page of the emergency signs as all are saved, or with those of `?version=`."""
    require(model_admin, request, versions=SEES_LIBRARY_VERSIONS)
    if "version" not in request.GET:
        return _draft_signs(request)
    number = whole_number(request.GET["version"])
    version = SafetyVersion.objects.filter(number=number).first() if number else None
    if version is None:
        raise Http404
    words = {"when": in_words(version.published_at), "number": version.number}
    strip = _("The warning signs of version %(number)s, published %(when)s.") % words
    return framed(request, signs_html(request, library_of(version), strip=strip))


def _draft_signs(request):
    strip = _("Preview of the warning signs as they are saved. Patients see them when they are published.")
    return framed(request, signs_html(request, draft_library(), strip=strip))


def typed_preview(model_admin, request, obj):
    """What patients would see of the form as it was sent. It is saved, read and rolled back: nothing stays."""
    with transaction.atomic():
        try:
            form, formsets = bound_forms(model_admin, request, obj)
            problems = [] if form.is_valid() and all_valid(formsets) else problems_of(form, formsets)
            seen = None if problems else saved_values(form, formsets)
        except IntegrityError:
            problems, seen = [_("Somebody else saved something at the same moment. Please try again.")], None
        finally:
            transaction.set_rollback(True)
    if problems:
        return framed(request, render_to_string("content/preview_refused.html", {"problems": problems}, request))
    strip = _("Preview of what you typed. Nothing is saved, and patients do not see this.")
    if isinstance(form.instance, RedFlag):
        return framed(request, signs_html(request, seen, strip=strip))
    return framed(request, preview_html(request, form.instance, seen, strip=strip))


def bound_forms(model_admin, request, obj):
    """The change form and its formsets with what was sent, as Django's own change view binds them."""
    form = model_admin.get_form(request, obj, change=obj is not None)(request.POST, request.FILES, instance=obj)
    form.is_valid()
    formsets, _inlines = model_admin._create_formsets(request, form.instance, change=obj is not None)
    return form, formsets


def saved_values(form, formsets):
    """Saves the forms and reads what they made of the draft. Only inside a transaction that is rolled back."""
    form.save()
    for formset in formsets:
        formset.save()
    return draft_library() if isinstance(form.instance, RedFlag) else draft_data(form.instance.pk)


def problems_of(form, formsets):
    """What is wrong with a form, one sentence a problem, each with the name of its field."""
    found = [f"{_label(form, name)}{text}" for name, texts in form.errors.items() for text in texts]
    for formset in formsets:
        found += list(formset.non_form_errors())
        for number, row in enumerate(formset.forms, start=1):
            part = f"{formset.model._meta.verbose_name} {number}, "
            found += [f"{part}{_label(row, name)}{text}" for name, texts in row.errors.items() for text in texts]
    return found


def _label(form, name):
    return f"{form.fields[name].label}: " if name in form.fields else ""


@only(*PRESSES)
def make_link_view(model_admin, request, pk):
    """A signed link to the saved draft, shown once: no cookie, no log and no history keeps it."""
    page = page_for(model_admin, request, pk, to=CHANGE)
    now = timezone.now()
    version = keep_draft(page=page, by=request.user, now=now)
    version = PageVersion.objects.select_related("page").get(pk=version.pk)
    link = link_to(version, now=now)
    context = frame(model_admin, request, page, _("Link for the reviewing clinician: %(page)s") % {"page": page}) | {
        "link": absolute(link.path),
        "ends_at": link.ends_at,
        "version": version,
        "end_url": address(model_admin, "end_links", page.pk),
    }
    return TemplateResponse(request, "content/admin/preview_link.html", context)


@only(*PRESSES)
def end_links_view(model_admin, request, pk):
    """No link to a preview of this page opens any more."""
    page = page_for(model_admin, request, pk, to=CHANGE)
    revoke_preview_links(page=page)
    messages.success(request, _("All links to previews of this page have ended."))
    return HttpResponseRedirect(address(model_admin, "history", page.pk))


def moment(text):
    """An instant as this module's own links hold it, or None without one. 404 for anything else."""
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Http404
    return found


def in_words(instant):
    return date_format(timezone.localtime(instant), "F j, Y, g:i A")


PAGE_ROUTES = (
    ("add/preview/", add_preview_view, "add_preview"),
    ("<int:pk>/preview/", preview_view, "preview"),
    ("<int:pk>/preview-link/", make_link_view, "preview_link"),
    ("<int:pk>/preview-links/end/", end_links_view, "end_links"),
)
LIBRARY_ROUTES = (
    ("preview/", library_preview_view, "library_preview"),
    ("add/preview/", add_preview_view, "add_preview"),
    ("<int:pk>/preview/", sign_preview_view, "preview"),
)
