"""What the advice on a draft needs to know beside the draft itself: the glossary, links that died, who links here."""

from content.editing.advice import AdviceFacts, addresses_of
from content.listing import live_terms
from content.models import ExternalLink, LiveLink, Section


def advice_facts(page, data):
    """The AdviceFacts of a saved draft. At most four queries."""
    return AdviceFacts(
        terms=frozenset(form for term in live_terms(page.language) for form in term.forms),
        dead_links=_dead(addresses_of(data)),
        is_linked=_is_linked(page),
    )


def _dead(addresses):
    return frozenset(ExternalLink.objects.filter(is_dead=True, url__in=addresses).values_list("url", flat=True))


def _links_to(page):
    return LiveLink.objects.filter(to_page=page.pk).exclude(from_page=page.pk)


def _is_linked(page):
    # Nothing can lead to a page that patients do not see yet.
    if page.live_version_id is None or _links_to(page).exists():
        return True
    # Written with or without what stands after the address: /conditions/sciatica/#em.
    link = f'href="{page.get_absolute_url()}'
    texts = Section.objects.filter(page__trashed_at__isnull=True, body__contains=link)
    return texts.exclude(page=page.pk).exists()
