"""The desk page and finding. What is shown is read in booking.queue; nothing here changes a record."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from booking import queue
from booking.desk.access import SEE, desk_page, staff_who_may
from booking.desk.finding import MOST_FOUND, find
from booking.desk.forms import FindForm
from booking.open_offers import open_offers
from booking.rebooking import needs_rebooking
from booking.wait_list import offers_for_desk
from clinic.site import site_of


@staff_who_may(SEE)
@require_safe
def desk(request):
    site = site_of(request)
    now = timezone.now()
    waits = queue.load_desk(now=now, opening=site.opening, zone=site.clinic.zone)
    context = {
        "title": _("Front desk"),
        "waits": waits,
        "offers": open_offers(now=now),
        "now": now,
        "stranded": len(needs_rebooking(site=site)),
        "wait_pending": offers_for_desk(),
    }
    return desk_page(request, "desk", context, page="desk")


@staff_who_may(SEE)
@require_safe
def rebooking(request):
    """Visits that a change has stranded: whom to call."""
    stranded = needs_rebooking(site=site_of(request))
    return desk_page(request, "rebooking", {"title": _("Needs rebooking"), "stranded": stranded}, page="desk")


@staff_who_may(SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def find_request(request):
    """Words to find come by POST alone, so that no name and no number stands in an address or a log."""
    form = FindForm(request.POST if request.method == "POST" else None)
    found = find(form.cleaned_data["words"]) if form.is_bound and form.is_valid() else None
    context = {
        "title": _("Find a request"),
        "form": form,
        "searched": found is not None,
        "found": (found or [])[:MOST_FOUND],
        "more": len(found or []) > MOST_FOUND,
    }
    return desk_page(request, "find", context, page="find")
