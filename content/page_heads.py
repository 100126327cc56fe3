"""Heads of the pages that patients read: title, description, picture and structured data of each."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.page_head import PageHead, frame_of
from clinic.site import site_of
from clinic.social_drawing import AMBER
from clinic.social_images import Words, clinic_image, image_of
from clinic.structured_data import web_page
from content.anatomy import PageKind
from content.states import Region
from content.structured_data import PATIENTS, index_data, page_data

# Search engines show about this much of a title; the clinic's name, which follows it, may fall off the end.
LONGEST_TITLE = 60
# What tells a searcher what is on the page. Left away where it makes a title too long.
TITLES = {
    PageKind.CONDITION: gettext_lazy("%(title)s: symptoms, self-care and treatment"),
    PageKind.TREATMENT: gettext_lazy("%(title)s: what it is, evidence and risks"),
}
LABELS = {
    PageKind.CONDITION: gettext_lazy("Condition"),
    PageKind.TREATMENT: gettext_lazy("Treatment"),
    PageKind.ARTICLE: gettext_lazy("Article"),
    PageKind.INFO: gettext_lazy("Good to know"),
    PageKind.GLOSSARY: gettext_lazy("Glossary"),
}
# The block of the drawn column that is amber on pages about a region; elsewhere it is the usual one.
AMBER_AT = {Region.NECK: 1, Region.UPPER_BACK: 3, Region.LOWER_BACK: 5, Region.LEG: 6}
# Title and description of the list of a kind.
INDEX_WORDS = {
    PageKind.CONDITION: (
        gettext_lazy("Back and neck conditions, by where it hurts"),
        gettext_lazy(
            "Find your pain by where it hurts: what it may be, what you can do today, and when to get help at once."
        ),
    ),
    PageKind.TREATMENT: (
        gettext_lazy("Treatments for back and neck pain, and how sure we are"),
        gettext_lazy(
            "Heat, massage, exercise and more for back and neck pain: what each one is, what the evidence says, and "
            "what to watch for."
        ),
    ),
    PageKind.ARTICLE: (
        gettext_lazy("Articles on spine pain and physical therapy"),
        gettext_lazy(
            "Longer reads on spine pain: what physical therapy can do, which exercises to leave out for now, and how "
            "to tell what is safe."
        ),
    ),
}


def page_head(request, page, view, data, *, crumbs, published_on, updated_on, profiles):
    """The PageHead of a live Page; `view` and `data` are its version as a PageView and as stored."""
    words = page_words(page, site_of(request).clinic)
    image = image_of(words, image_path(page.kind, page.live_slug, words))
    frame = frame_of(request)
    is_article = page.kind not in (PageKind.INFO, PageKind.GLOSSARY)
    return PageHead(
        title=document_title(page.kind, view.title),
        description=view.description,
        url=frame.url,
        image=image,
        structured_data=page_data(
            frame,
            view,
            data,
            crumbs=crumbs,
            published_on=published_on,
            updated_on=updated_on,
            profiles=profiles,
            image_url=image.url,
        ),
        og_type="article" if is_article else "website",
        published_at=page.first_published_at if is_article else None,
        changed_at=page.live_since if is_article else None,
    )


def index_head(request, kind, groups, *, crumbs):
    """The PageHead of the list of a kind of page. `groups`: (heading, entries) as content/listing.py gives them."""
    title, description = INDEX_WORDS[kind]
    frame = frame_of(request)
    data = index_data(frame, kind, crumbs[-1][0], groups, crumbs=crumbs)
    return PageHead(title, description, frame.url, clinic_image(site_of(request).clinic), data)


def help_head(request):
    """The PageHead of the emergency page."""
    number = site_of(request).clinic.emergency_number
    title = _("Emergency signs: call %(number)s now if any of these is new") % {"number": number}
    frame = frame_of(request)
    return PageHead(
        title=title,
        description=_("When back, neck or leg pain is an emergency, and what to say."),
        url=frame.url,
        image=clinic_image(site_of(request).clinic),
        structured_data=(
            web_page(frame, _("Emergency"), types="MedicalWebPage", has_breadcrumb=False, audience=PATIENTS),
        ),
    )


def document_title(kind, title):
    """What the browser's tab and a search result say before the clinic's name."""
    longer = TITLES[kind] % {"title": title} if kind in TITLES else title
    return longer if len(longer) <= LONGEST_TITLE else title


def page_words(page, clinic):
    """What the picture of a live page shows. The row must come with its live version."""
    region = page.live_version.data["own"].get("region", "")
    return Words(page.live_title, str(LABELS[PageKind(page.kind)]), clinic.name, AMBER_AT.get(region, AMBER))


def image_path(kind, slug, words):
    """Where the picture with these words stands."""
    return reverse("content:social_image", args=[kind, slug, words.digest])
