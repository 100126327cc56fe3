"""Where a picture is used: found through the models that point at it, and through what apps above know besides."""

from collections import defaultdict
from dataclasses import dataclass

from clinic.models import Image


@dataclass(frozen=True)
class Use:
    """One place that shows a picture. `label` and `name` tell a person which, `record` is what an editor opens there.

    `is_public`: patients see it there now, or will at a time that is already planned.
    """

    label: str
    name: str
    record: object
    is_public: bool


# Filled once while the process starts: model label -> how rows of that model are told, and further readers.
_ways_to_tell = {}
_readers = []


def tell(model_label, *, way):
    """Rows of this model are told by `way(row)`, which returns a Use; None for a row that counts elsewhere."""
    _ways_to_tell[model_label] = way


def read_also(reader):
    """`reader()` yields (id of a picture, Use) for what no foreign key says."""
    if reader not in _readers:
        _readers.append(reader)


def all_uses():
    """{id of a picture: its uses}, in one query for each relation and one call of each further reader."""
    uses = defaultdict(list)
    for relation in _relations():
        model, column = relation.related_model, relation.field
        way = _ways_to_tell.get(model._meta.label_lower, _plainly)
        rows = model._default_manager.filter(**{f"{column.name}__isnull": False}).order_by("pk")
        single = [other.name for other in model._meta.fields if other.many_to_one and other.name != column.name]
        for row in rows.select_related(*single) if single else rows:
            use = way(row)
            if use is not None:
                uses[getattr(row, column.attname)].append(use)
    for reader in _readers:
        for pk, use in reader():
            uses[pk].append(use)
    # The same page once, although three sections of it show the picture.
    return {pk: tuple(dict.fromkeys(found)) for pk, found in uses.items()}


def _relations():
    """Every foreign key to a picture, also those that the picture itself cannot follow back."""
    return [
        relation
        for relation in Image._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]


def _plainly(row):
    return Use(
        label=str(row._meta.verbose_name),
        name=str(row),
        record=row,
        # A row without such a switch may well be public.
        is_public=getattr(row, "is_active", True),
    )
