"""The past of pages and what is not public yet: whoever only reads pages as they are does not read those."""

# What GET answers to (front desk, editor, reviewer, publisher, superuser).
PAST_READ, PAST_COMPARED = (403, 200, 200, 200, 200), (403, 400, 400, 400, 400)
PAST_PRESS = (405, 405, 405, 405, 405)
PAST = {"history": PAST_READ, "preview": PAST_READ, "as_of": PAST_READ, "export": PAST_READ} | {
    "compare": PAST_COMPARED,
    **dict.fromkeys(("restore", "copy", "preview_link", "end_links", "add_preview"), PAST_PRESS),
}
PAST_OF_SIGNS = {"history": PAST_READ, "library_history": PAST_READ, "preview": PAST_READ} | {
    "library_preview": PAST_READ,
    "library_compare": PAST_COMPARED,
    **dict.fromkeys(("library_restore", "add_preview"), PAST_PRESS),
}
STAFF = {
    f"admin:content_{kind}_{name}": statuses
    for kind in ("condition", "treatment", "article", "infopage", "glossary")
    for name, statuses in PAST.items()
} | {f"admin:content_redflag_{name}": statuses for name, statuses in PAST_OF_SIGNS.items()}
