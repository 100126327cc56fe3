"""What went out and what did not, for staff to read. Failed messages can be sent again or settled, nothing else."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic import outbox
from clinic.models import OutgoingMessage


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(admin.ModelAdmin):
    list_display = [
        "key",
        "kind",
        "channel",
        "state",
        "first_due_at",
        "due_at",
        "attempts",
        "reason_shown",
        "error_class",
        "smtp_code",
    ]
    list_filter = ["state", "kind", "channel"]
    list_per_page = 50
    fields = [
        "key",
        "kind",
        "channel",
        "message_id",
        "state",
        "reason_shown",
        "error_class",
        "smtp_code",
        "attempts",
        "created_at",
        "first_due_at",
        "due_at",
        "not_after",
        "finished_at",
    ]
    actions = ["send_again", "settle"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_requeue_permission(self, request):
        return request.user.has_perm("clinic.requeue_outgoingmessage")

    @admin.display(description=_("reason"))
    def reason_shown(self, message):
        return message.reason_text

    @admin.action(description=_("Send failed messages again"), permissions=["requeue"])
    def send_again(self, request, queryset):
        self._answer(request, queryset, outbox.requeue)

    @admin.action(description=_("Settled another way, for example told by phone"), permissions=["requeue"])
    def settle(self, request, queryset):
        self._answer(request, queryset, outbox.settle)

    def _answer(self, request, queryset, act):
        now = timezone.now()
        done = sum(act(pk=message.pk, by=request.user, now=now) for message in queryset)
        if done:
            text = ngettext("%(count)d message changed.", "%(count)d messages changed.", done) % {"count": done}
            self.message_user(request, text, messages.SUCCESS)
        if done < len(queryset):
            self.message_user(
                request, _("Only failed messages can be sent again or settled. The others stay."), messages.WARNING
            )
