"""Two people at one form of the admin: what somebody saved meanwhile is never overwritten unseen.

The form carries the digest of what it was opened with. On saving, the row is locked first; when something else is saved
by then, nothing is written. The form comes back with everything that was typed, beside what is saved now, and with the
new digest, so that the next press is again about what its sender has seen.
"""

import copy
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.contenttypes.models import ContentType
from django.db import router, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from clinic.compared_forms import differences, form_digest, on_saved_rows, readable

OPENED_ON = "opened_on"


@dataclass(frozen=True)
class Saved:
    """Who saved last, and when; "" when nobody noted it."""

    by: str = ""
    at: str = ""


class NotYet:
    """A form that is shown again, whatever it holds: its sender has to see first what somebody else saved."""

    def is_valid(self):
        super().is_valid()
        return False


class VersionCheck:
    """A mixin of ModelAdmin. Its template includes admin/_saved_meanwhile.html inside the form."""

    change_form_template = "admin/checked_change_form.html"
    # Whether a text that is overwritten can be read and taken back later.
    keeps_history = False

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic(using=router.db_for_write(self.model)):
            obj = self._locked(request, object_id)
            if obj is None or not self.has_change_permission(request, obj):
                # Django answers both, with a page that says so.
                return super().changeform_view(request, object_id, form_url, extra_context)
            form, formsets = self._saved_forms(request, obj)
            digest = form_digest(form, formsets)
            request.saved_digest = digest
            if request.POST.get(OPENED_ON) != digest:
                request = self._on_what_is_saved(request, obj, formsets)
            # What was typed beside the form's own fields belongs to a form that comes back, too.
            context = {"typed": request.POST} | (extra_context or {})
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if getattr(request, "is_overtaken", False):
            return type(form.__name__, (NotYet, form), {})
        return form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {"opened_on": "", "overtaken": None}
        if change and self.has_change_permission(request, obj):
            form, formsets = context["adminform"].form, [one.formset for one in context["inline_admin_formsets"]]
            if request.method == "POST":
                context["opened_on"] = request.saved_digest
                if getattr(request, "is_overtaken", False):
                    context["overtaken"] = self._overtaken(request, obj, form, formsets)
            else:
                # Of the very forms that are shown: what is saved while they are being made counts as changed.
                context["opened_on"] = form_digest(form, formsets)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def readable(self, form_field, value):
        """A value of one of the form's fields as plain text, for reading side by side."""
        return readable(form_field, value)

    def last_saved(self, request, obj):
        """(user or None, instant or None) of the last saving, as far as anybody noted it."""
        entry = (
            LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(obj), object_id=str(obj.pk))
            .select_related("user")
            .first()
        )
        return (entry.user, entry.action_time) if entry else (None, None)

    def _locked(self, request, object_id):
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return None
        # The ancestor's row is what publishing locks too.
        owner = next(iter(reversed(self.opts.get_parent_list())), self.model)
        owner._base_manager.select_for_update().get(pk=obj.pk)
        # Read again: it may have changed while this waited for the lock.
        return self.get_object(request, unquote(object_id))

    def _saved_forms(self, request, obj):
        shown = copy.copy(request)
        shown.method, shown.POST, shown.is_overtaken = "GET", QueryDict(), False
        fields = flatten_fieldsets(self.get_fieldsets(shown, obj))
        form = self.get_form(shown, obj, change=True, fields=fields)(instance=copy.copy(obj))
        return form, self._create_formsets(shown, obj, change=True)[0]

    def _on_what_is_saved(self, request, obj, formsets):
        """The request as it is handled further: saved when it says the same as what is saved, else shown again."""
        moved = copy.copy(request)
        moved.POST = on_saved_rows(request.POST, formsets)
        moved.is_overtaken = True
        form = self.get_form(moved, obj, change=True, fields=flatten_fieldsets(self.get_fieldsets(moved, obj)))(
            moved.POST, moved.FILES, instance=copy.copy(obj)
        )
        typed = self._create_formsets(moved, copy.copy(obj), change=True)[0]
        moved.differing = self._differing(form, formsets, typed)
        moved.is_overtaken = bool(moved.differing)
        return moved

    def _differing(self, form, saved, typed):
        # Cleans what was typed; whether it is valid is asked when it is saved.
        form.is_valid()
        for formset in typed:
            formset.is_valid()
        return differences(form, saved, typed, self.readable)

    def _overtaken(self, request, obj, form, formsets):
        user, at = self.last_saved(request, obj)
        at = localtime(at) if at else None
        when = "" if at is None else date_format(at, "g:i A" if at.date() == localtime().date() else "F j, g:i A")
        if user is None:
            by = _("somebody else")
        elif user == request.user:
            by = _("you, in another window")
        else:
            by = user.get_full_name() or user.get_username()
        return {
            "by": by,
            "at": when,
            "parts": request.differing,
            "is_kept": self.keeps_history,
            "reload": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]),
        }
