"""The clinic's own pages. Every one is the same for everybody and made of facts that staff edit in the admin."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic.caching import public_page
from clinic.images import image_path
from clinic.models import InsuranceParticipation, Practitioner
from clinic.renditions import content_type_of
from clinic.site import site_of

# A name holds the hash of its content, so a browser never has to ask again.
FOREVER = "public, max-age=31536000, immutable"
# Even a file that a decoder took for a picture can do nothing when it is opened by itself.
IMAGE_POLICY = "default-src 'none'; sandbox"


# /team/
@public_page()
def team(request):
    return render(request, "clinic/team.html", {"practitioners": Practitioner.objects.active().for_pages()})


# /team/<slug>/
@public_page()
def practitioner(request, slug):
    person = get_object_or_404(Practitioner.objects.active().for_pages(), slug=slug)
    return render(request, "clinic/practitioner.html", {"person": person})


# /locations/
@public_page()
def locations(request):
    return render(request, "clinic/locations.html")


# /insurance/
@public_page()
def insurance(request):
    taken = list(InsuranceParticipation.objects.shown())
    named = {row.practitioner_id: row.practitioner for row in taken}
    return render(request, "clinic/insurance.html", {"taken": taken, "named": named.values()})


# /contact/
@public_page()
def contact(request):
    site = site_of(request)
    return render(request, "clinic/contact.html", {"new_patient_wait": site.clinic.new_patient_wait(today=site.today)})


# /images/<name>
@require_safe
def image(request, name):
    content_type = content_type_of(name)
    if content_type is None:
        raise Http404
    try:
        file = image_path(name).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file,
        content_type=content_type,
        headers={
            "Cache-Control": FOREVER,
            "Content-Security-Policy": IMAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
        },
    )
