"""What phones answer: POST /texts/inbound/, for the provider alone, and only where its signature can be verified."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clinic import text_messages
from clinic.site import site_of
from clinic.text_backend import InboundRefused, is_on, load_backend


# /texts/inbound/
# The provider's signature stands in for the token: no backend without one gets further than the 404.
@csrf_exempt
@require_POST
def inbound(request):
    """Does what STOP and START ask for, answers HELP, and keeps nothing of the text."""
    backend = load_backend() if is_on() else None
    if backend is None or not backend.receives:
        raise Http404
    try:
        came = backend.parse_inbound(request)
    except InboundRefused:
        return HttpResponse(status=403)
    word = text_messages.read_word(came.body)
    if word == "stop":
        text_messages.stopped(came.number, now=timezone.now())
    elif word == "start":
        text_messages.started(came.number)
    return backend.answer_inbound(help_text(request) if word == "help" else "")


def help_text(request):
    """The answer to HELP: from whom, how to reach a person, how to end it."""
    clinic = site_of(request).clinic
    words = _("%(clinic)s: texts about your visit. Call %(phone)s. Message and data rates may apply. STOP ends them.")
    return words % {"clinic": clinic.name, "phone": clinic.phone.as_national}
