"""What the keys and ids in versions stand for, so that comparing them can say it in words."""

from content.editing.comparing import Names
from content.models import Page, RedFlag


def names_for(*versions):
    """The Names of all signs and pages that these PageVersion.data refer to, as they are called now. Two queries."""
    keys, ids = set(), set()
    for data in filter(None, versions):
        keys.update(data.get("flags", ()) if "sections" in data else ())
        ids.update(data.get("related", ()))
        ids.update(rated["treatment_id"] for rated in data.get("rated_treatments", ()))
    return Names(
        flags=dict(RedFlag.objects.filter(key__in=keys).values_list("key", "text")),
        pages=dict(Page.objects.filter(pk__in=ids - {None}).values_list("pk", "title")),
    )
