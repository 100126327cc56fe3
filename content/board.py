"""/admin/content/board/: what waits for an editor or a clinician. Its address is added by njspine.admin_site."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clinic.site import site_of
from content.anatomy import PageKind
from content.drafts import MODELS
from content.editing.board import NOBODY, load_board

SEE = "content.view_reviewrequest"
SORTS = {"": _("by date"), "title": _("by title"), "owner": _("by who looks after it")}


@require_safe
def board(request):
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    kinds = [kind for kind in PageKind if request.user.has_perm(f"content.view_{MODELS[kind]._meta.model_name}")]
    chosen = {name: request.GET.get(name, "") for name in ("owner", "kind", "sort")}
    if chosen["kind"] not in kinds:
        chosen["kind"] = ""
    if chosen["owner"] != NOBODY and not (chosen["owner"].isascii() and chosen["owner"].isdigit()):
        chosen["owner"] = ""
    found = load_board(
        now=timezone.now(), zone=site_of(request).clinic.zone, kinds=kinds, owner=chosen["owner"], kind=chosen["kind"]
    )
    context = {
        "title": _("Pages to check"),
        "subtitle": None,
        "board": found,
        "lists": [(name, words, empty, _sorted(getattr(found, name), chosen["sort"])) for name, words, empty in LISTS],
        "chosen": chosen,
        "owners": [(str(pk), name) for pk, name in found.owners if pk != request.user.pk],
        "me": str(request.user.pk),
        "nobody": NOBODY,
        "kinds": [(kind.value, kind.label) for kind in kinds],
        "sorts": SORTS.items(),
        "sees_links": request.user.has_perm("content.view_externallink"),
    }
    return TemplateResponse(request, "content/admin/board.html", admin.site.each_context(request) | context)


LISTS = (
    ("overdue", _("Overdue"), _("No page is overdue.")),
    ("due_soon", _("Due within 30 days"), _("No page is due within 30 days.")),
    ("failed", _("Plans that could not be carried out"), _("Every plan was carried out.")),
    ("waiting", _("Waiting for a clinician's check"), _("Nobody has been asked to check a page.")),
    ("planned", _("Planned"), _("Nothing is planned.")),
    ("forgotten", _("Drafts not published for more than 30 days"), _("No draft waits that long.")),
    ("never_checked", _("Live, but never checked by a clinician"), _("A clinician has checked every live page.")),
)
BOARD = [("content/board/", board, "content_board")]


def _sorted(rows, sort):
    if sort == "title":
        return sorted(rows, key=lambda row: row.title.lower())
    if sort == "owner":
        # Pages that nobody looks after come first: somebody should.
        return sorted(rows, key=lambda row: row.owner.lower())
    return rows
