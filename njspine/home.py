"""The home page: what hurts, how to be seen, who we are, where."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.caching import public_page
from clinic.models import Practitioner
from clinic.page_head import PageHead, frame_of
from clinic.site import site_of
from clinic.social_images import clinic_image
from clinic.structured_data import clinic_entity, website
from content.listing import conditions_by_region
from content.stamps import content_stamp
from content.states import Region

MOST_PEOPLE = 4


@dataclass(frozen=True)
class Place:
    """One row of “Where does it hurt?”: `shape` and `blocks` draw its stretch of the column on a phone."""

    label: str
    hint: str
    url: str
    shape: str = ""
    blocks: range = range(0)


SHAPES = {
    Region.NECK: ("neck", 5, _("Stiff, sore, or pain into the arm")),
    Region.UPPER_BACK: ("upper", 5, _("Between or below the shoulder blades")),
    Region.LOWER_BACK: ("lower", 4, _("Aching, stiff or locked up")),
    Region.LEG: ("leg", 2, _("Sciatica: pain, tingling or numbness")),
    Region.AFTER_SURGERY: ("surg", 1, _("Healing, moving, getting strong again")),
}


@public_page(content_stamp)
def home(request):
    site = site_of(request)
    context = {
        "head": home_head(request),
        "places": list(places()),
        "practitioners": Practitioner.objects.active()[:MOST_PEOPLE],
        "new_patient_wait": site.clinic.new_patient_wait(today=site.today),
    }
    return render(request, "home.html", context)


def home_head(request):
    site, frame = site_of(request), frame_of(request)
    image = clinic_image(site.clinic)
    return PageHead(
        title=": ".join(filter(None, [site.clinic.name, site.clinic.tagline])),
        description=gettext("Where does it hurt? Find out what it may be, what you can try today, and how to be seen."),
        url=frame.url,
        image=image,
        structured_data=(
            website(frame, search_path=reverse("content:search")),
            clinic_entity(frame, site, image_url=image.url),
        ),
    )


def places():
    """Every region of the spine, each leading to its one condition page, else to its part of the index."""
    pages = dict(conditions_by_region())
    for region, (shape, blocks, hint) in SHAPES.items():
        entries = pages.get(region, [])
        index = reverse("content:conditions")
        url = entries[0].url if len(entries) == 1 else f"{index}#{region.value}" if entries else index
        yield Place(region.label, hint, url, shape, range(blocks))
    yield Place(_("Not sure"), _("Or it hurts in several places"), reverse("booking:call_me"))
