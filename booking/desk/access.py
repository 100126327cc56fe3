"""Who may open a desk view, and the frame that every desk page stands in."""

from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse

SEE = "booking.view_appointmentrequest"
ENTER = "booking.add_appointmentrequest"
ANSWER = "booking.change_appointmentrequest"


def staff_who_may(permission):
    """Refuses everybody else. Signing in is the admin site's business: it wraps every desk view once more."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def desk_page(request, template, context, *, page, status=200):
    """A page inside the admin's frame. `page` names the menu entry that it belongs to."""
    frame = admin.site.each_context(request) | {"subtitle": None, "desk_page": page}
    return TemplateResponse(request, f"admin/desk/{template}.html", frame | context, status=status)
