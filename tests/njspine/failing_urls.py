"""The site's own addresses, and beside them views that fail in every way that a view can."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse, HttpResponseNotModified
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from booking.models import AppointmentRequest


def typed(request):
    """What somebody typed: the words that must never be seen again in a log."""
    return " ".join([*request.POST.values(), *request.GET.values()])


@csrf_exempt
def value_error(request):
    raise ValueError(f"cannot use {typed(request)!r}")


@csrf_exempt
def chained(request):
    try:
        raise KeyError(typed(request))
    except KeyError as error:
        raise RuntimeError(f"after {typed(request)}") from error


@csrf_exempt
def integrity_error(request):
    """The database quotes the refused values in its own message."""
    row = {"reference": "R-ABCDE", "patient_name": typed(request)[:120], "phone": "+12015550171", "safety_version": 1}
    row |= {"received_at": "2026-11-23T17:00Z", "reply_by": "2026-11-23T17:00Z", "safety_outcome": "none"}
    AppointmentRequest.objects.create(**row)
    AppointmentRequest.objects.create(**row)


@csrf_exempt
def database_down(request):
    raise OperationalError(f"connection lost while saving {typed(request)}")


@csrf_exempt
def template_error(request):
    engines["django"].from_string("{{ value.explode }}").render({"value": Explosive(typed(request))})


class Explosive:
    def __init__(self, text):
        self.text = text

    def explode(self):
        raise IntegrityError(self.text)


@csrf_exempt
def suspicious(request):
    raise SuspiciousOperation(typed(request))


@csrf_exempt
def forbidden(request):
    raise PermissionDenied(typed(request))


@csrf_exempt
def reads_form(request):
    return HttpResponse(str(len(request.POST)))


def not_modified(request):
    return HttpResponseNotModified()


urlpatterns = [
    path("fails/value/", value_error),
    path("fails/chained/", chained),
    path("fails/integrity/", integrity_error),
    path("fails/database/", database_down),
    path("fails/template/", template_error),
    path("fails/suspicious/", suspicious),
    path("fails/forbidden/", forbidden),
    path("fails/not-modified/", not_modified),
    path("reads-form/", reads_form),
    path("checked-form/", require_POST(lambda request: HttpResponse("sent"))),
    path("", include("njspine.urls")),
]

handler400 = "njspine.errors.bad_request"
handler403 = "njspine.errors.permission_denied"
handler404 = "njspine.errors.page_not_found"
handler500 = "njspine.errors.server_error"
