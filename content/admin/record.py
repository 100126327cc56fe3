"""The page as it stood at any moment, and all of its public versions as one file: for whoever asks years later."""

import tempfile

from django import forms
from django.http import FileResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.site import site_of
from content.admin.page_frame import READS, address, frame, only
from content.admin.unseen import page_for
from content.models import Page
from content.records import public_at, write_record
from content.safety import library_at

# Larger archives wait on the disk instead of in memory.
IN_MEMORY = 2_000_000


class MomentForm(forms.Form):
    on = forms.DateTimeField(
        label=gettext_lazy("Day and time, on the clinic's clock"),
        input_formats=[
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M",
            "%Y-%m-%d",
            "%m/%d/%Y %H:%M",
            "%m/%d/%Y",
        ],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Without a time, the start of that day counts."),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid": gettext_lazy("Write the day like 2026-03-08 or 2026-03-08 14:30."),
        },
    )

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.now():
            raise forms.ValidationError(_("This moment has not come yet."))
        return on


@only(*READS)
def as_of_view(model_admin, request, pk):
    """What patients could read at a moment, with the warning signs of that moment."""
    page = page_for(model_admin, request, pk)
    form = MomentForm(request.GET if "on" in request.GET else None)
    context = frame(model_admin, request, page, _("As it stood on a day: %(page)s") % {"page": page}) | {
        "form": form,
        "asked": form.is_bound and form.is_valid(),
        "version": None,
        "export_url": address(model_admin, "export", page.pk),
    }
    if context["asked"]:
        on = form.cleaned_data["on"]
        # As the browser's own field wants it, however it was typed.
        context["form"] = MomentForm(initial={"on": on})
        version, ended_at = public_at(page, on)
        request.csp_frames = version is not None
        context |= {
            "on": on,
            "version": version,
            "ended_at": ended_at,
            "library_number": library_at(on).version,
            "preview_url": address(model_admin, "preview", page.pk),
            "moment": on.isoformat(),
        }
    return TemplateResponse(request, "content/admin/as_of.html", context)


@only(*READS)
def export_view(model_admin, request, pk):
    """Every version of the page that was public, as a ZIP."""
    page = page_for(model_admin, request, pk)
    # Closed by the response.
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    write_record(out, Page.objects.filter(pk=page.pk), site=site_of(request))
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"page-{page.pk}-record.zip")


ROUTES = (
    ("<int:pk>/as-of/", as_of_view, "as_of"),
    ("<int:pk>/record.zip", export_view, "export"),
)
