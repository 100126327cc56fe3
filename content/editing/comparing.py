"""Two versions of a page, or of the warning signs, side by side in words: what was added, removed, changed and moved.

Works on the values of content/drafts.py, of any schema. Shows words, never HTML, and only what differs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.anatomy import SECTIONS, USUAL_HEADINGS
from content.editing.labels import CHOICES, choice, label
from content.editing.word_changes import ADDED, REMOVED, SAME, Run, item_runs, likeness, word_runs
from content.wording import TAG

CHANGED, MOVED = "changed", "moved"
# Two parts with less in common are no two states of one part.
ALIKE = 0.5
LIST_PART = re.compile(r"<li>(?:<p>)?")
BLOCK_END = re.compile(r"</(?:p|li|h3|h4)>|<br ?/?>")
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
RICH = frozenset({"body", "text"})
# Sections that a page may have more than once; the others are the same part whatever their heading says.
REPEATED = frozenset(kind.key for kinds in SECTIONS.values() for kind in kinds if kind.repeats)
BASICS = ("title", "slug", "medical_name", "tagline", "summary", "search_description", "search_words", "order")
PEOPLE = ("author", "reviewer")
DATES = ("last_reviewed", "next_review")
ORDERS = {
    "section": gettext_lazy("Order of the parts"),
    "rated_treatments": gettext_lazy("Order of the treatments"),
    "movements": gettext_lazy("Order of the movements"),
    "flags": gettext_lazy("Order of the warning signs"),
}


@dataclass(frozen=True)
class Names:
    """What keys and ids stand for, as far as anybody knows: `flags` by key, `pages` by id."""

    flags: Mapping = field(default_factory=dict)
    pages: Mapping = field(default_factory=dict)


NO_NAMES = Names()


@dataclass(frozen=True)
class FieldChange:
    """One field of a part. `is_format` when the words are the same and only bold, lists or headings differ."""

    label: str
    runs: tuple[Run, ...]
    is_format: bool = False
    is_list: bool = False

    @property
    def before(self):
        """What the older version says: everything but the added runs."""
        return tuple(run for run in self.runs if run.kind != ADDED)

    @property
    def after(self):
        return tuple(run for run in self.runs if run.kind != REMOVED)


@dataclass(frozen=True)
class Change:
    """One part that differs. `kind` is "added", "removed", "changed" or "moved"; `heading` as editors know the part."""

    kind: str
    heading: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Part:
    """A part of a version in words: its `values` are texts, or tuples of texts for lists, by label."""

    group: str
    key: str
    name: str
    heading: str
    values: Mapping
    markup: Mapping = field(default_factory=dict)

    @property
    def words(self):
        return " ".join(" ".join(value) if isinstance(value, tuple) else value for value in self.values.values())


def compare(old, new, names=NO_NAMES):
    """Every Change from `old` to `new`, in the order of the newer one.

    Both are PageVersion.data (as content.drafts.upgraded gives it) or both SafetyVersion.data; {} for nothing at all.
    """
    old_parts = parts_of(old, names)
    pairs = _pairs(old_parts, parts_of(new, names))
    changes = [change for change in (_change(before, after) for before, after in pairs) if change]
    return (*changes, *_moves(old_parts, pairs))


def unchanged(old, new, names=NO_NAMES):
    """Headings of the parts that both versions have and that say the same in both."""
    pairs = _pairs(parts_of(old, names), parts_of(new, names))
    return tuple(after.heading for before, after in pairs if before and after and not _change(before, after))


def parts_of(data, names=NO_NAMES):
    """A version as Parts: its fields first, then its sections and lists in their order. Nothing for a removal."""
    if not data:
        return []
    if "sections" not in data:
        return list(_flag_parts(data.get("flags", ())))
    return [*_page_parts(data, names), *_section_parts(data), *_row_parts(data, names)]


def words_of(html):
    """Rich text as words: a line for each block, list entries with a bullet, links with their address."""
    html = LINK.sub(lambda link: f"{link[2]} ({link[1]})", html)
    html = BLOCK_END.sub("\n", LIST_PART.sub("• ", html))
    text = unescape(TAG.sub("", html))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _page_parts(data, names):
    for name in BASICS:
        yield _single(name, str(data[name]))
    for name, value in data["own"].items():
        yield _single(name, _value(name, value))
    flags = tuple(names.flags.get(key, key) for key in data["flags"])
    yield _single("flags", flags)
    yield _single("no_emergency_card", _value("no_emergency_card", data["no_emergency_card"]))
    for name in PEOPLE:
        yield _single(name, _person(data[name]))
    for name in DATES:
        yield _single(name, data[name] or "")
    related = tuple(names.pages.get(pk, _("page number %(id)s") % {"id": pk}) for pk in data["related"])
    yield _single("related", related)


def _single(name, value):
    return Part("page", name, name, label(name), {label(name): value})


def _section_parts(data):
    for section in data["sections"]:
        heading = section["heading"] or str(USUAL_HEADINGS.get(section["key"], section["key"]))
        yield _part("section", section, heading, key=section["key"], skip=("key", "image"), more=_picture(section))


def _picture(section):
    picture = section.get("image")
    if not picture:
        return {}
    words = _("decoration only") if picture["is_decorative"] else picture["alt"]
    return {
        _("Picture"): words or _("without a description"),
        _("Credit of the picture"): picture["credit"],
        # The name of the file's content tells two pictures with the same description apart.
        _("Picture file"): picture["digest"][:8],
    }


def _row_parts(data, names):
    groups = (
        ("rated_treatments", _("Rated treatment: %(name)s"), "name"),
        ("movements", _("Movement: %(name)s"), "name"),
        ("terms", _("Word: %(name)s"), "name"),
        ("sources", _("Source %(name)s"), "number"),
    )
    for group, heading, name in groups:
        for row in data.get(group, ()):
            more = {}
            if row.get("treatment_id"):
                more = {label("treatment_id"): names.pages.get(row["treatment_id"], str(row["treatment_id"]))}
            key = str(row[name])
            yield _part(group, row, heading % {"name": key}, key=group, name=key, skip=("treatment_id",), more=more)


def _flag_parts(flags):
    for flag in flags:
        row = {name: flag[name] for name in ("text", "group", "area", "in_check")}
        heading = _("Warning sign: %(key)s") % {"key": flag["key"]}
        yield _part("flags", row, heading, key=flag["key"], rich=frozenset())


def _part(group, row, heading, *, key, name=None, skip=(), more=None, rich=RICH):
    values, markup = {}, {}
    for column, value in row.items():
        if column in skip:
            continue
        name_of = label(column)
        if column in rich:
            values[name_of], markup[name_of] = words_of(value), value
        else:
            values[name_of] = _value(column, value)
    return Part(group, key, name if name is not None else heading, heading, values | (more or {}), markup)


def _value(name, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return choice(name, value) if name in CHOICES else str(value)


def _person(person):
    return ", ".join(filter(None, (person["name"], person["credentials"]))) if person else ""


def _pairs(old, new):
    """(old part or None, new part or None): the same part in both versions, then what only one of them has."""
    left = list(old)
    partner = {}
    for is_same in (_same_name, _only_one, _alike):
        for position, part in enumerate(new):
            if position in partner:
                continue
            rest = [other for at, other in enumerate(new) if at not in partner]
            found = next((one for one in left if is_same(one, part, left, rest)), None)
            if found is not None:
                partner[position] = found
                left = [one for one in left if one is not found]
    pairs = [(partner.get(position), part) for position, part in enumerate(new)]
    for gone in left:
        # Where it stood: after the pair of the part before it.
        before = old[: [one is gone for one in old].index(True)]
        at = next((i for i in range(len(pairs), 0, -1) if any(pairs[i - 1][0] is one for one in before)), 0)
        pairs.insert(at, (gone, None))
    return pairs


def _same_name(old, new, old_rest, new_rest):
    return (old.group, old.key, old.name.casefold()) == (new.group, new.key, new.name.casefold())


def _only_one(old, new, old_rest, new_rest):
    """A named part that each version has once is the same part, whatever its heading says."""
    key = (new.group, new.key)
    if key != (old.group, old.key) or new.group != "section" or new.key in REPEATED:
        return False
    return all(sum((part.group, part.key) == key for part in rest) == 1 for rest in (old_rest, new_rest))


def _alike(old, new, old_rest, new_rest):
    return (old.group, old.key) == (new.group, new.key) and likeness(old.words, new.words) >= ALIKE


def _change(before, after):
    old, new = (before.values if before else {}), (after.values if after else {})
    names = (*new, *(name for name in old if name not in new))
    fields = (_field_change(name, old.get(name, ""), new.get(name, ""), before, after) for name in names)
    fields = tuple(change for change in fields if change)
    if before and after:
        return Change(CHANGED, after.heading, fields) if fields else None
    return Change(ADDED if after else REMOVED, (after or before).heading, fields)


def _field_change(name, old, new, before, after):
    if isinstance(old, tuple) or isinstance(new, tuple):
        old, new = tuple(old or ()), tuple(new or ())
        return None if set(old) == set(new) else FieldChange(name, item_runs(old, new), is_list=True)
    if old != new:
        return FieldChange(name, word_runs(old, new))
    if before and after and before.markup.get(name) != after.markup.get(name):
        return FieldChange(name, (), is_format=True)
    return None


def _moves(old_parts, pairs):
    """One Change for each list whose parts stand in another order than before."""
    for group, heading in ORDERS.items():
        both = [(before, after) for before, after in pairs if before and after and after.group == group]
        now = [id(before) for before, _after in both]
        if now != [id(part) for part in old_parts if id(part) in set(now)]:
            names = (f"{number}. {after.heading}" for number, (_before, after) in enumerate(both, start=1))
            order = tuple(Run(SAME, name) for name in names)
            yield Change(MOVED, str(heading), (FieldChange(_("Now in this order"), order, is_list=True),))
