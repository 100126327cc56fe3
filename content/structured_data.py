"""Pages for machines: schema.org as dicts, saying nothing that the page does not show."""

from content.anatomy import PageKind

CONTEXT = "https://schema.org"
ABOUT = {PageKind.CONDITION: "MedicalCondition", PageKind.TREATMENT: "MedicalTherapy"}


def breadcrumbs(base_url, crumbs):
    """BreadcrumbList of (name, path) pairs, the page itself last. `base_url` is scheme and host, without a slash."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": str(name), "item": base_url + path}
            for position, (name, path) in enumerate(crumbs, start=1)
        ],
    }


def web_page(page, *, url, language, published_on, updated_on):
    """MedicalWebPage (practical pages: WebPage) of a content.rendering.PageView; dates in the clinic's zone.

    A review is marked up only where the page itself names who checked it and when.
    """
    data = {
        "@context": CONTEXT,
        "@type": "WebPage" if page.kind == PageKind.INFO else "MedicalWebPage",
        "name": page.title,
        "url": url,
        "inLanguage": language,
        "datePublished": published_on.isoformat(),
        "dateModified": updated_on.isoformat(),
    }
    if page.kind in ABOUT:
        data["about"] = {"@type": ABOUT[page.kind], "name": page.title}
        names = [
            name.strip() for name in (page.medical_name, *page.own.get("also_called", "").split(",")) if name.strip()
        ]
        if names:
            data["about"]["alternateName"] = names
    if page.review.reviewer:
        data["lastReviewed"] = page.review.last_reviewed.isoformat()
        data["reviewedBy"] = {
            "@type": "Person",
            "name": page.review.reviewer["name"],
            "honorificSuffix": page.review.reviewer["credentials"],
        }
    return data
