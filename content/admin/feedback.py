"""What readers said about pages, to read only."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from content.admin.versions import RecordAdmin
from content.models import PageFeedback


@admin.register(PageFeedback)
class PageFeedbackAdmin(RecordAdmin):
    """Newest first. Beside each answer how many said yes and no to the same page. Comments are not searched."""

    list_display = ("page", "answer", "comment", "created_at", "version_number", "yes", "no")
    list_filter = ("is_helpful", ("comment", admin.EmptyFieldListFilter), ("page", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("page",)
    fields = ("page", "version_number", "answer", "comment", "created_at")
    readonly_fields = fields
    date_hierarchy = "created_at"

    def get_queryset(self, request):
        said = "page__feedback"
        return (
            super()
            .get_queryset(request)
            .annotate(
                yes_count=Count(said, filter=Q(page__feedback__is_helpful=True)),
                no_count=Count(said, filter=Q(page__feedback__is_helpful=False)),
            )
        )

    @admin.display(description=_("helpful"), ordering="is_helpful")
    def answer(self, feedback):
        return _("Yes") if feedback.is_helpful else _("No")

    @admin.display(description=_("page: yes"), ordering="yes_count")
    def yes(self, feedback):
        return feedback.yes_count

    @admin.display(description=_("page: no"), ordering="no_count")
    def no(self, feedback):
        return feedback.no_count
