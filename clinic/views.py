"""The clinic's own pages. Every one is the same for everybody and made of facts that staff edit in the admin."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.caching import FOREVER, public_page
from clinic.images import image_path
from clinic.models import InsuranceParticipation, Practitioner
from clinic.page_head import fact_head, frame_of
from clinic.renditions import content_type_of
from clinic.site import site_of
from clinic.social_images import clinic_image, clinic_words, picture_response
from clinic.structured_data import clinic_entity, item_list, place_reference, practitioner_entity

# Even a file that a decoder took for a picture can do nothing when it is opened by itself.
IMAGE_POLICY = "default-src 'none'; sandbox"


# /team/
@public_page()
def team(request):
    practitioners = list(Practitioner.objects.active().for_pages())
    frame = frame_of(request)
    head = fact_head(
        request,
        title=_("Our team"),
        description=_(
            "Who you meet at %(clinic)s: what each person works most with, their license and degree, languages, and "
            "where they see patients."
        )
        % {"clinic": frame.clinic_name},
        crumbs=[(_("Our team"), request.path)],
        types="CollectionPage",
        mainEntity=item_list([practitioner_entity(frame, person) for person in practitioners])
        if practitioners
        else None,
    )
    return render(request, "clinic/team.html", {"head": head, "practitioners": practitioners})


# /team/<slug>/
@public_page()
def practitioner(request, slug):
    person = get_object_or_404(Practitioner.objects.active().for_pages(), slug=slug)
    frame = frame_of(request)
    places = [place_reference(frame, location) for location in person.active_locations]
    head = fact_head(
        request,
        title=person.name_with_credentials,
        description=_("%(name)s, %(job)s at %(clinic)s: license, degree, languages, and where to be seen.")
        % {"name": person.name_with_credentials, "job": person.job_title, "clinic": frame.clinic_name},
        crumbs=[(_("Our team"), reverse("clinic:team")), (person.name, request.path)],
        types="ProfilePage",
        og_type="profile",
        mainEntity=practitioner_entity(frame, person) | ({"workLocation": places} if places else {}),
    )
    return render(request, "clinic/practitioner.html", {"head": head, "person": person})


# /locations/
@public_page()
def locations(request):
    head = fact_head(
        request,
        title=_("Locations and hours"),
        description=_(
            "Where to find %(clinic)s: address, opening hours, days we are closed, how to get there, parking and "
            "access."
        )
        % {"clinic": site_of(request).clinic.name},
        crumbs=[(_("Locations and hours"), request.path)],
        more=[_clinic_entity(request, all_facts=True)],
    )
    return render(request, "clinic/locations.html", {"head": head})


# /insurance/
@public_page()
def insurance(request):
    taken = list(InsuranceParticipation.objects.shown())
    named = {row.practitioner_id: row.practitioner for row in taken}
    head = fact_head(
        request,
        title=_("Insurance we take"),
        description=_(
            "Health plans taken at %(clinic)s, by clinician and location, each with the day on which we last "
            "checked it."
        )
        % {"clinic": site_of(request).clinic.name},
        crumbs=[(_("Insurance we take"), request.path)],
    )
    return render(request, "clinic/insurance.html", {"head": head, "taken": taken, "named": named.values()})


# /contact/
@public_page()
def contact(request):
    site = site_of(request)
    new_patient_wait = site.clinic.new_patient_wait(today=site.today)
    head = fact_head(
        request,
        title=_("Contact"),
        description=_(
            "How to reach %(clinic)s: phone and opening hours, what happens when you call, asking for an appointment, "
            "e-mail."
        )
        % {"clinic": site.clinic.name},
        crumbs=[(_("Contact"), request.path)],
        types="ContactPage",
        more=[_clinic_entity(request, email=site.clinic.email)],
    )
    return render(request, "clinic/contact.html", {"head": head, "new_patient_wait": new_patient_wait})


def _clinic_entity(request, **facts):
    site = site_of(request)
    return clinic_entity(frame_of(request), site, image_url=clinic_image(site.clinic).url, **facts)


# /social/<digest>.png
@require_safe
def social_image(request, digest):
    words = clinic_words(site_of(request).clinic)
    path = reverse("clinic:social_image", args=[words.digest])
    return picture_response(request, words, digest=digest, path=path)


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
