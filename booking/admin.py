"""Lists behind the desk. Requests and visits change at the desk alone, where every change is an action with its event.

No list here has a search box: Django's sends what was typed in the address (desk/find/ takes it by POST).
"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from booking.models import Appointment, AppointmentEvent, AppointmentRequest
from booking.schedule_admin import AppointmentTypeAdmin, RoomAdmin, ScheduleAdmin

__all__ = ["AppointmentTypeAdmin", "RoomAdmin", "ScheduleAdmin"]


class ReadOnlyAdmin(admin.ModelAdmin):
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(AppointmentRequest)
class AppointmentRequestAdmin(ReadOnlyAdmin):
    """References, states and times. Opening one leads to its page at the desk, the only place that shows a person."""

    list_display = ["reference", "state", "kind", "channel", "received_at", "reply_by", "told_how"]
    list_filter = ["state", "kind", "channel", "safety_outcome", "told_how"]
    ordering = ["-received_at", "-pk"]

    def get_queryset(self, request):
        shown = ["reference", "state", "kind", "channel", "received_at", "reply_by", "told_how"]
        return super().get_queryset(request).only(*shown)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect("admin:desk_request", found.pk)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ["start", "practitioner", "location", "type", "state", "asked"]
    list_filter = ["state", "practitioner", "location", "type"]
    list_select_related = ["practitioner", "location", "type", "request"]
    ordering = ["-start", "-pk"]
    fields = ["asked", "type", "practitioner", "location", "start", "end", "state", "created_at"]
    readonly_fields = ["asked"]

    @admin.display(description=_("request"))
    def asked(self, visit):
        return visit.request.reference if visit.request else ""


@admin.register(AppointmentEvent)
class AppointmentEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "request_id", "appointment_id", "user_label"]
    list_filter = ["action"]
    ordering = ["-at", "-pk"]
