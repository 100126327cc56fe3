"""Trash instead of delete, with what would break listed first."""

from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import Page, RedFlag


class Trashable:
    """A mixin of DraftAdmin: a link to the trash in place of Django's delete, and a way back from old addresses."""

    def trash_address(self, obj):
        kind = "page" if isinstance(obj, Page) else "sign"
        return reverse(f"admin:content_trash_{kind}", args=[obj.pk])

    def may_trash(self, request, obj):
        action = "delete" if issubclass(self.model, RedFlag) else "change"
        return request.user.has_perm(f"content.{action}_{self.opts.model_name}")

    def get_actions(self, request):
        # Many at once would take pages off the site without saying what breaks.
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request, obj=None):
        """Nothing is ever gone: only a superuser may delete a page for good, and only one that was never kept."""
        return issubclass(self.model, Page) and super().has_delete_permission(request, obj)

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if obj is None and self._in_trash(request, object_id):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if obj is not None and not self.has_delete_permission(request, obj) and self.may_trash(request, obj):
            return HttpResponseRedirect(self.trash_address(obj))
        return super().delete_view(request, object_id, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        is_old = change and obj is not None and self.may_trash(request, obj)
        context["trash_address"] = self.trash_address(obj) if is_old else ""
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Old addresses of what is in the trash lead to the page that says so. Typed text stays with its sender."""
        trashed = self._in_trash(request, object_id)
        if trashed is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        kind = "page" if isinstance(trashed, Page) else "sign"
        restore = reverse(f"admin:content_restore_{kind}", args=[trashed.pk])
        if request.method != "POST":
            return HttpResponseRedirect(restore)
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        context = self.admin_site.each_context(request) | {
            "title": _("Not saved: somebody moved this to the trash"),
            "subtitle": None,
            "restore": restore,
            "sent": [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"],
        }
        return TemplateResponse(request, "content/admin/trash_meanwhile.html", context, status=409)

    def _in_trash(self, request, object_id):
        try:
            obj = self.model._base_manager.filter(pk=unquote(object_id), trashed_at__isnull=False).first()
        except (ValueError, OverflowError, ValidationError):
            return None
        return obj if obj is not None and self.has_view_permission(request, obj) else None
