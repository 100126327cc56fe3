"""What the head of a public page tells search engines and the sites where its link is shared."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from clinic.site import site_of
from clinic.social_images import SocialImage, clinic_image
from clinic.structured_data import Frame, breadcrumbs, web_page


@dataclass(frozen=True)
class PageHead:
    """Placed by templates/content/_head.html.

    `title` is what stands before the clinic's name; `url` is canonical: absolute, without a query. `structured_data`
    are JSON-LD dicts. `og_type` is a type of the Open Graph protocol; both instants are for articles only.
    """

    title: str
    description: str
    url: str
    image: SocialImage
    structured_data: tuple[dict, ...]
    og_type: str = "website"
    published_at: datetime.datetime | None = None
    changed_at: datetime.datetime | None = None

    @property
    def locale(self):
        """Language and territory as the Open Graph protocol writes them: en_US."""
        return to_locale(get_language())


def frame_of(request):
    """The Frame of the page at the request's path, under the site's own address whatever host was asked."""
    return Frame(
        base_url=settings.SITE_URL,
        url=settings.SITE_URL + request.path,
        language=get_language(),
        clinic_name=site_of(request).clinic.name,
    )


def fact_head(request, *, title, description, crumbs=(), types="WebPage", more=(), og_type="website", **properties):
    """The head of a page of the clinic's facts. The page itself is the last crumb; home comes before the given ones.

    `crumbs` are (name, path) pairs, `more` further JSON-LD dicts, `properties` of the page as schema.org names them.
    """
    frame = frame_of(request)
    name = crumbs[-1][0]
    return PageHead(
        title=title,
        description=description,
        url=frame.url,
        image=clinic_image(site_of(request).clinic),
        structured_data=(
            breadcrumbs(frame, [(_("Home"), reverse("home")), *crumbs]),
            web_page(frame, name, types=types, **properties),
            *more,
        ),
        og_type=og_type,
    )
