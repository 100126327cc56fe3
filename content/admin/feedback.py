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

    def get_changelist_instance(self, request):
        # Counted once for each page that is shown: beside each answer, thousands about one page would take minutes.
        changelist = super().get_changelist_instance(request)
        pages = {answer.page_id for answer in changelist.result_list}
        rows = PageFeedback.objects.filter(page__in=pages).order_by().values("page")
        rows = rows.annotate(yes=Count("pk", filter=Q(is_helpful=True)), no=Count("pk", filter=Q(is_helpful=False)))
        counts = {row["page"]: row for row in rows}
        for answer in changelist.result_list:
            answer.counts = counts.get(answer.page_id, {"yes": 0, "no": 0})
        return changelist

    @admin.display(description=_("helpful"), ordering="is_helpful")
    def answer(self, feedback):
        return _("Yes") if feedback.is_helpful else _("No")

    @admin.display(description=_("page: yes"))
    def yes(self, feedback):
        return feedback.counts["yes"]

    @admin.display(description=_("page: no"))
    def no(self, feedback):
        return feedback.counts["no"]
