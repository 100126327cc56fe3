"""Which pages show a picture of the library: saved drafts by their sections, and what patients read by its versions."""

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from clinic.picture_uses import Use
from content.drafts import MODELS
from content.models import PageVersion, PlannedChange
from content.states import PlanState

# Only the picture of a section has a key of this name. Most pages have none, so few versions are read as a whole.
MARK = '"digest"'


def draft_use(section):
    """The Use of a Section's picture: never public by itself, because patients read versions."""
    page = section.page
    label = _("Draft, in the trash") if page.trashed_at else _("Draft")
    return Use(label, page.title, _as_edited(page.pk, page.kind), is_public=False)


def version_uses():
    """(picture id, Use) of every live page, and of every version that waits to be published. Two queries."""
    with_pictures = PageVersion.objects.annotate(json=Cast("data", TextField())).filter(json__contains=MARK)
    planned = PlannedChange.objects.filter(state=PlanState.WAITING, version__isnull=False)
    yield from _uses(with_pictures.filter(page__live_version=F("pk")), _("Live page"))
    yield from _uses(with_pictures.filter(pk__in=planned.values("version")), _("Planned to be published"))


def _uses(versions, label):
    for page_id, kind, title, sections in versions.order_by("page_id").values_list(
        "page_id", "page__kind", "page__title", "data__sections"
    ):
        for section in sections:
            if section["image"]:
                yield section["image"]["id"], Use(label, title, _as_edited(page_id, kind), is_public=True)


def _as_edited(page_id, kind):
    """The page as the admin knows it: by its kind. Without a query."""
    return MODELS[kind](pk=page_id)
