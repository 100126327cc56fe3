"""The steps of a request, their order and their names. Pure: works on what a draft says of itself."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from booking.states import RequestKind


@dataclass(frozen=True)
class Step:
    """`pages` are URL names in the order in which they are met; the first progress step has several.

    `instead` is a page on which the last one's question can be answered another way.
    """

    title: str
    pages: tuple[str, ...]
    instead: str = ""


STEPS = {
    RequestKind.VISIT: (
        Step(_("safety check"), ("who", "first_check", "second_check")),
        Step(_("what brings you"), ("reason",)),
        Step(_("when and where"), ("when",), instead="time"),
        Step(_("how we reach you"), ("contact",)),
        Step(_("help us prepare"), ("prepare",)),
        Step(_("check and send"), ("review",)),
    ),
    RequestKind.CALL: (
        Step(_("safety check"), ("first_check", "second_check")),
        Step(_("how we reach you"), ("call",)),
    ),
}


def pages_of(kind):
    """URL names of all pages of this kind of request, in order."""
    return [page for step in STEPS[kind] for page in step.pages]


@dataclass(frozen=True)
class Progress:
    """Where a page stands: `number` of `total`, its title, and all steps as (title, “on”, “now” or “”)."""

    number: int
    total: int
    title: str
    steps: tuple[tuple[str, str], ...]


def progress(kind, page):
    """The Progress of this page; None for a page that is no step."""
    steps = STEPS[kind]
    number = next((n for n, step in enumerate(steps, 1) if page in (*step.pages, step.instead)), None)
    if number is None:
        return None
    state = {True: "on", False: ""}
    marked = tuple((step.title, "now" if n == number else state[n < number]) for n, step in enumerate(steps, 1))
    return Progress(number, len(steps), steps[number - 1].title, marked)


def first_open_page(draft):
    """The first page of the draft that still needs an answer; the last page when none does.

    Someone who was told to see a doctor today stays at that advice: from there only a call leads on.
    """
    pages = pages_of(draft.kind)
    for page in pages[:-1]:
        if not _is_answered(draft, page):
            return page
    return pages[-1]


def may_open(draft, page):
    """Whether nothing before this page is unanswered."""
    if page == "call" and draft.is_safety_call:
        return True
    pages = pages_of(draft.kind)
    page = next((step.pages[-1] for step in STEPS[draft.kind] if step.instead == page), page)
    return page in pages and pages.index(page) <= pages.index(first_open_page(draft))


def page_before(kind, page):
    """The page that Back leads to; None in front of the first."""
    pages = pages_of(kind)
    return pages[pages.index(page) - 1] if page in pages[1:] else None


def _is_answered(draft, page):
    if page == "first_check":
        return draft.safety_version is not None
    if page == "second_check":
        return draft.passed_safety
    if page == "when" and "time" in draft.data:
        return True
    return page in draft.data
