"""/admin/content/trash/: what would break first, then the press; and the way back. njspine.admin_site adds the URLs."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_slug
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from content.anatomy import PageKind
from content.drafts import MODELS
from content.editing.trash import (
    SLUG_LENGTH,
    AddressTaken,
    NotTrashable,
    StillPublic,
    address_before_trash,
    free_address,
    reasons_to_keep,
    restore_flag,
    restore_page,
    trash_flag,
    trash_page,
)
from content.editing.where_used import where_flag_used, where_used
from content.models import Page, RedFlag, page_url
from content.states import PlanState

TAKES_OFF = "content.publish_page"
TRASHES_SIGNS = "content.delete_redflag"
SEES_SIGNS = "content.view_redflag"

form_page = require_http_methods(["GET", "HEAD", "POST"])


def may(user, action, kind):
    return user.has_perm(f"content.{action}_{MODELS[PageKind(kind)]._meta.model_name}")


@require_safe
def trash(request):
    """Everything in the trash that this person may see, newest first. Two queries beside the frame's."""
    kinds = [kind for kind in PageKind if may(request.user, "view", kind)]
    sees_signs = request.user.has_perm(SEES_SIGNS)
    if not kinds and not sees_signs:
        raise PermissionDenied
    pages = Page.objects.filter(trashed_at__isnull=False, kind__in=kinds).select_related("trashed_by")
    flags = RedFlag.objects.filter(trashed_at__isnull=False).select_related("trashed_by") if sees_signs else ()
    rows = [(page, MODELS[PageKind(page.kind)]._meta.verbose_name, _restore_url(page)) for page in pages]
    rows += [(flag, flag._meta.verbose_name, _restore_url(flag)) for flag in flags]
    rows.sort(key=lambda row: row[0].trashed_at, reverse=True)
    return _render(request, "trash", _("Trash"), rows=rows)


@form_page
def move_page(request, pk):
    page = get_object_or_404(Page.objects.select_related("live_version"), pk=pk)
    if not may(request.user, "change", page.kind):
        raise PermissionDenied
    if page.trashed_at is not None:
        return HttpResponseRedirect(_restore_url(page))
    if request.method == "POST":
        return _move_page(request, page)
    return _confirm_page(request, page)


def _move_page(request, page):
    may_take_off = request.user.has_perm(TAKES_OFF)
    why = request.POST.get("why", "")[:200]
    try:
        trash_page(page=page, by=request.user, may_take_off=may_take_off, why=why, now=timezone.now())
    except StillPublic:
        return _confirm_page(request, page, status=403)
    messages.success(request, _("“%(title)s” is in the trash now. It can be restored.") % {"title": page.title})
    return HttpResponseRedirect(reverse("admin:content_trash"))


def _confirm_page(request, page, *, status=200):
    is_live = page.live_version_id is not None
    uses = where_used(page)
    planned = page.planned_changes.filter(state=PlanState.WAITING).count()
    asked = page.review_requests.filter(closed_at=None).exists()
    return _render(
        request,
        "trash_confirm",
        _("Move to the trash: %(title)s") % {"title": page.title},
        status=status,
        name=page.title,
        is_live=is_live,
        address=page.get_absolute_url() if is_live else "",
        live_uses=[use for use in uses if use.is_live],
        draft_uses=[use for use in uses if not use.is_live],
        planned=planned,
        asked=asked,
        refused=[_("Patients read this page. Only somebody who publishes can take it off the site.")]
        if is_live and not request.user.has_perm(TAKES_OFF)
        else [],
        is_sign=False,
        back=_change_url(page),
    )


@form_page
def move_sign(request, pk):
    if not request.user.has_perm(TRASHES_SIGNS):
        raise PermissionDenied
    flag = get_object_or_404(RedFlag, pk=pk)
    if flag.trashed_at is not None:
        return HttpResponseRedirect(_restore_url(flag))
    refused = reasons_to_keep(flag)
    if request.method == "POST":
        try:
            trash_flag(flag=flag, by=request.user, now=timezone.now())
        except NotTrashable as error:
            refused = error.sentences
        else:
            messages.success(
                request,
                _("The sign is in the trash now. Patients read it until the warning signs are published again."),
            )
            return HttpResponseRedirect(reverse("admin:content_trash"))
    uses = where_flag_used(flag)
    return _render(
        request,
        "trash_confirm",
        _("Move to the trash: %(title)s") % {"title": flag.text},
        status=409 if request.method == "POST" else 200,
        name=flag.text,
        is_live=False,
        address="",
        live_uses=[use for use in uses if use.is_live],
        draft_uses=[use for use in uses if not use.is_live],
        planned=0,
        asked=False,
        refused=refused,
        is_sign=True,
        back=_change_url(flag),
    )


@form_page
def bring_back_page(request, pk):
    page = get_object_or_404(Page.objects.select_related("trashed_by"), pk=pk)
    if not may(request.user, "view", page.kind):
        raise PermissionDenied
    if page.trashed_at is None:
        return HttpResponseRedirect(_change_url(page))
    may_restore = may(request.user, "change", page.kind)
    if request.method != "POST":
        return _restore_form(request, page, may_restore=may_restore, slug=free_address(page))
    if not may_restore:
        raise PermissionDenied
    slug = request.POST.get("slug", "").strip()
    try:
        validate_slug(slug)
        if len(slug) > SLUG_LENGTH:
            raise ValidationError("")
    except ValidationError:
        words = _("Use up to 80 letters, digits and hyphens, like neck-pain.")
        return _restore_form(request, page, may_restore=True, slug=slug, error=words)
    try:
        restore_page(page=page, slug=slug, by=request.user, now=timezone.now())
    except AddressTaken as error:
        words = _("Another page has the address “%(taken)s” now. “%(free)s” is free.")
        words %= {"taken": slug, "free": error.free}
        return _restore_form(request, page, may_restore=True, slug=error.free, error=words)
    messages.success(request, _("Restored as a draft. Patients see it when you publish it."))
    return HttpResponseRedirect(_change_url(page))


def _restore_form(request, page, *, may_restore, slug, error=""):
    before = address_before_trash(page)
    taken_by = Page.objects.of_kind(page.kind).filter(language=page.language, slug=before).first()
    return _render(
        request,
        "trash_restore",
        _("This page is in the trash"),
        record=page,
        name=page.title,
        is_sign=False,
        may_restore=may_restore,
        slug=slug,
        root=page_url(page.kind, "x").removesuffix("x/") if page.kind != PageKind.GLOSSARY else "",
        taken_by=taken_by,
        before=before,
        error=error,
    )


@form_page
def bring_back_sign(request, pk):
    if not request.user.has_perm(SEES_SIGNS):
        raise PermissionDenied
    flag = get_object_or_404(RedFlag.objects.select_related("trashed_by"), pk=pk)
    if flag.trashed_at is None:
        return HttpResponseRedirect(_change_url(flag))
    may_restore = request.user.has_perm(TRASHES_SIGNS)
    if request.method == "POST":
        if not may_restore:
            raise PermissionDenied
        restore_flag(flag=flag, by=request.user)
        messages.success(request, _("Restored. Patients read it when the warning signs are published again."))
        return HttpResponseRedirect(_change_url(flag))
    title = _("This warning sign is in the trash")
    more = {"is_sign": True, "slug": "", "root": "", "taken_by": None, "before": "", "error": ""}
    return _render(request, "trash_restore", title, record=flag, name=flag.text, may_restore=may_restore, **more)


def _render(request, template, title, *, status=200, **context):
    frame = admin.site.each_context(request) | {"title": title, "subtitle": None}
    return TemplateResponse(request, f"content/admin/{template}.html", frame | context, status=status)


def _change_url(record):
    model = MODELS[PageKind(record.kind)] if isinstance(record, Page) else type(record)
    return reverse(f"admin:content_{model._meta.model_name}_change", args=[record.pk])


def _restore_url(record):
    return reverse(f"admin:content_restore_{'page' if isinstance(record, Page) else 'sign'}", args=[record.pk])


TRASH = [
    ("content/trash/", trash, "content_trash"),
    ("content/trash/pages/<int:pk>/", move_page, "content_trash_page"),
    ("content/trash/pages/<int:pk>/restore/", bring_back_page, "content_restore_page"),
    ("content/trash/signs/<int:pk>/", move_sign, "content_trash_sign"),
    ("content/trash/signs/<int:pk>/restore/", bring_back_sign, "content_restore_sign"),
]
