"""Who may look at what patients do not see, or no longer: one check for preview, history, comparison, record and copy.

The front desk reads pages as they are, but no drafts and no old versions: those need `view_pageversion` as well.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

SEES_VERSIONS = "content.view_pageversion"
SEES_LIBRARY_VERSIONS = "content.view_safetyversion"
VIEW, CHANGE = "view", "change"
# Larger numbers are no row's: SQLite cannot even be asked for one.
LARGEST_ID = 2**63 - 1


def page_for(model_admin, request, pk, *, to=VIEW):
    """The page of this kind with that id, for somebody who may view its versions, or also change it.

    First who asks, then what exists: whoever may not look is refused (403) whether or not there is such a page. 404
    for a page in the trash, one of another kind, and none.
    """
    require(model_admin, request, to=to)
    page = row_or_404(model_admin, request, pk)
    require(model_admin, request, page, to=to)
    return page


def row_or_404(model_admin, request, pk):
    """The row with that id among those that this admin shows."""
    row = model_admin.get_queryset(request).filter(pk=pk).first() if pk <= LARGEST_ID else None
    if row is None:
        raise Http404
    return row


def require(model_admin, request, obj=None, *, to=VIEW, versions=SEES_VERSIONS):
    """Raises PermissionDenied unless the request's user may see versions and view, or also change, `obj`."""
    may = model_admin.has_change_permission if to == CHANGE else model_admin.has_view_permission
    if not (request.user.has_perm(versions) and may(request, obj)):
        raise PermissionDenied


def version_for(page, number, *, with_data=True):
    """The version of this very page with that number (text as it came). 404 when there is none to look at."""
    number = whole_number(number)
    version = page.versions.filter(number=number).select_related("by").first() if number else None
    if version is None or (with_data and not version.data):
        raise Http404
    return version


def whole_number(text):
    """A positive number that a database takes; None for any other text."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and int(text) > 0 else None
