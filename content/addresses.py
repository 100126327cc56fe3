"""Old addresses: where they lead now, made when a live page moves and by editors.

A redirect is asked only when nothing else answers, so it never hides a page. To a page it leads to where that page is
now; chains are cut when they are saved, and followed once more when they are read, for what two people saved at once.
"""

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from clinic.models import Clinic, Practitioner
from content.address_rules import is_plain, is_program, plain_problem, with_last_slash
from content.anatomy import PageKind
from content.editing.links import PAGE_VIEWS, internal_problem, known_addresses
from content.errors import AddressRefused
from content.models import Page, Redirect, page_url

MOST_HOPS = 5


def lead_on(*, page, slug, by, now):
    """Note down, while `page` (locked by the caller) is being published at `slug`, the address that it had until now.

    - only an address that was live: the live one, or that of the version that was public last
    - the page wins over every redirect at its new address, and over none where another page is live
    - redirects to the old address lead to the page from now on
    """
    new = page_url(page.kind, slug)
    Redirect.objects.filter(path=new).delete()
    was = page.live_slug or _last_public_slug(page)
    if not was or was == slug or page_url(page.kind, was) == new:
        return
    same_address = Page.objects.published().filter(kind=page.kind, language=page.language, live_slug=was)
    if same_address.exclude(pk=page.pk).exists():
        return
    old = page_url(page.kind, was)
    leads = {"to_page": page, "to_path": "", "is_automatic": True, "by": by, "created_at": now}
    Redirect.objects.update_or_create(path=old, defaults=leads)
    Redirect.objects.filter(to_path=old).update(to_page=page, to_path="")


@transaction.atomic
def keep_redirect(*, redirect, by):
    """Save a redirect that an editor typed, made simple, and return it. Raises AddressRefused with field and sentence.

    Waits for every other editor who saves one, so that two people cannot close a loop between them.
    """
    # The clinic's one row is the lock: rows that two people are only about to insert cannot be locked.
    list(Clinic.objects.select_for_update().values_list("pk"))
    redirect.path, redirect.to_page, redirect.to_path = checked(redirect)
    redirect.by = by
    redirect.is_automatic = False
    redirect.save()
    shorter = Redirect.objects.filter(to_path=redirect.path).exclude(pk=redirect.pk)
    shorter.update(to_page=redirect.to_page, to_path=redirect.to_path)
    return redirect


def checked(redirect):
    """(path, to_page, to_path) of a redirect as it will be kept: last slashes in place, chains cut, pages by name.

    Raises AddressRefused: not an address of ours, something stands there, a loop, or it would lead nowhere.
    """
    path = with_last_slash(redirect.path.strip())
    others = Redirect.objects.exclude(pk=redirect.pk)
    if problem := plain_problem(path) or _taken(path):
        raise AddressRefused("path", problem)
    if others.filter(path=path).exists():
        raise AddressRefused("path", _("This old address leads somewhere already. Change that redirect instead."))
    page, to = redirect.to_page, redirect.to_path.strip()
    if (page is None) == (not to):
        raise AddressRefused("to_path", _("Choose a page or give an address, not both."))
    if page is not None:
        if page.live_version_id is None:
            raise AddressRefused("to_page", _("Patients do not see this page, so nobody can be led to it."))
        return path, page, ""
    return path, *_cut(path, to, others)


def destination(path):
    """Where a visitor at an address that leads nowhere is sent: a path of this site, or "". One query, or two.

    Never to what is not there (any more), and never off the site, whatever the rows say.
    """
    path = with_last_slash(path)
    seen = set()
    while len(seen) < MOST_HOPS and path not in seen and is_plain(path) and not is_program(path):
        seen.add(path)
        redirect = Redirect.objects.select_related("to_page").filter(path=path).first()
        if redirect is None:
            return path if len(seen) > 1 and _is_there(path) else ""
        if redirect.to_page is not None:
            return redirect.to_page.get_absolute_url() if redirect.to_page.live_version_id else ""
        path = redirect.to_path
    return ""


def _cut(path, to, others):
    """(to_page, to_path) at the end of the chain that begins at `to`."""
    to = with_last_slash(to)
    if problem := plain_problem(to):
        raise AddressRefused("to_path", problem)
    steps = {path}
    while True:
        if to in steps:
            raise AddressRefused("to_path", _("That leads back to where it begins. Choose another address."))
        steps.add(to)
        if live := _live_page(to):
            return live, ""
        following = others.select_related("to_page").filter(path=to).first()
        if following is None:
            break
        if following.to_page is not None:
            if following.to_page.live_version_id is None:
                raise AddressRefused("to_path", _("Patients do not see the page that this address leads to."))
            return following.to_page, ""
        to = following.to_path
    if internal_problem(to, known_addresses()):
        raise AddressRefused("to_path", _("There is nothing at this address. Open it in a browser to be sure."))
    return None, to


def _taken(path):
    """Why nothing may lead away from `path`: something else answers there."""
    if is_program(path) or path == "/":
        return _("This address belongs to a part of the site itself. A redirect cannot take its place.")
    if _live_page(path):
        return _("A page that patients see stands at this address. A redirect would never be used.")
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if match.view_name in PAGE_VIEWS and match.view_name != "content:glossary":
        return ""
    if match.view_name == "clinic:practitioner" and not _works_here(match.kwargs["slug"]):
        return ""
    return _("This address belongs to a part of the site itself. A redirect cannot take its place.")


def _is_there(path):
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.view_name in PAGE_VIEWS:
        return _live_page(path) is not None
    return match.view_name != "clinic:practitioner" or _works_here(match.kwargs["slug"])


def _live_page(path):
    """The live page at an address of this site, or None."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    kind = PAGE_VIEWS.get(match.view_name)
    if kind is None:
        return None
    live = Page.objects.published().of_kind(kind)
    return (live if kind == PageKind.GLOSSARY else live.filter(live_slug=match.kwargs["slug"])).first()


def _works_here(slug):
    return Practitioner.objects.active().filter(slug=slug).exists()


def _last_public_slug(page):
    slugs = page.versions.public().order_by("-number").values_list("data__slug", flat=True)
    return slugs.first() or ""
