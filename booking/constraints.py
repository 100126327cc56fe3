"""NoOverlap: two stretches of time of one owner never overlap, refused by the database on PostgreSQL and on SQLite."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint, Func, Q
from django.utils.translation import gettext_lazy as _

# The neighbor that starts last before NEW ends is the only row worth looking at: rows that do not overlap each other
# end in the order in which they start, so if this one is over before NEW starts, all are. One step in the index,
# however long the past is. Every row ends after it starts: a CheckConstraint beside this one must say so.
SQLITE_BODY = """
FOR EACH ROW WHEN NEW.%(exempt)s IS NULL
BEGIN
  SELECT RAISE(ABORT, '%(message)s') WHERE NEW.%(start)s < (
    SELECT other.%(end)s FROM %(table)s AS other
    WHERE other.%(owner)s = NEW.%(owner)s AND other.%(exempt)s IS NULL AND other.%(start)s < NEW.%(end)s{not_itself}
    ORDER BY other.%(start)s DESC LIMIT 1
  );
END"""

SQLITE_STATEMENTS = (
    "CREATE INDEX %(index)s ON %(table)s (%(owner)s, %(start)s) WHERE %(exempt)s IS NULL",
    "CREATE TRIGGER %(on_insert)s BEFORE INSERT ON %(table)s" + SQLITE_BODY.format(not_itself=""),
    "CREATE TRIGGER %(on_update)s BEFORE UPDATE OF %(owner)s, %(start)s, %(end)s, %(exempt)s ON %(table)s"
    + SQLITE_BODY.format(not_itself=" AND other.%(key)s <> OLD.%(key)s"),
    # Triggers do not look at rows that are there already; this makes them.
    "UPDATE %(table)s SET %(start)s = %(start)s",
)


class NoOverlap(BaseConstraint):
    """Rows with the same `owner` whose half-open stretches [start, end) overlap are refused; touching ones are not.

    Rows in which the nullable field `exempt` is set neither refuse nor are refused. The model must also check that
    `end` is after `start`. Violations raise IntegrityError on both engines, and its text contains the name.
    PostgreSQL needs the extension btree_gist.
    """

    default_violation_error_message = _("This time overlaps another one.")

    def __init__(self, *, name, owner, start, end, exempt, violation_error_code=None, violation_error_message=None):
        super().__init__(
            name=name, violation_error_code=violation_error_code, violation_error_message=violation_error_message
        )
        self.owner = owner
        self.start = start
        self.end = end
        self.exempt = exempt

    def is_violated_in(self, error):
        """Whether an IntegrityError comes from this constraint and no other."""
        return self.name in str(error)

    def constraint_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            return self._exclusion.constraint_sql(model, schema_editor)
        # Deferred statements follow the table through SQLite's remakes (create new__x, copy, drop x, rename to x).
        schema_editor.deferred_sql.extend(self._sqlite_statements(model, schema_editor))
        return None

    def create_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            return self._exclusion.create_sql(model, schema_editor)
        *guards, touch = self._sqlite_statements(model, schema_editor)
        schema_editor.deferred_sql.extend(guards)
        return touch

    def remove_sql(self, model, schema_editor):
        """Only PostgreSQL needs it: on SQLite Django remakes the table; index and triggers go with the old one."""
        return self._exclusion.remove_sql(model, schema_editor)

    @property
    def _exclusion(self):
        stretch = Func(self.start, self.end, function="TSTZRANGE")
        return ExclusionConstraint(
            name=self.name,
            expressions=[(self.owner, "="), (stretch, "&&")],
            condition=Q(**{f"{self.exempt}__isnull": True}),
        )

    def _sqlite_statements(self, model, schema_editor):
        table = model._meta.db_table
        quote = schema_editor.quote_name

        def column(field_name):
            return Columns(table, [model._meta.get_field(field_name).column], quote)

        for template in SQLITE_STATEMENTS:
            yield Statement(
                template,
                table=Table(table, quote),
                index=quote(f"{self.name}_index"),
                on_insert=quote(f"{self.name}_insert"),
                on_update=quote(f"{self.name}_update"),
                message=self.name,
                key=column(model._meta.pk.name),
                owner=column(self.owner),
                start=column(self.start),
                end=column(self.end),
                exempt=column(self.exempt),
            )

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        """Tells a form in words what the database would refuse; silent about stretches that are not whole yet."""
        exclude = exclude or ()
        owner, start, end, exempt = (getattr(instance, model._meta.get_field(name).attname) for name in self._fields)
        if set(self._fields) & set(exclude) or None in (owner, start, end) or exempt is not None:
            return
        taken = model._default_manager.using(using).filter(
            **{
                self.owner: owner,
                f"{self.exempt}__isnull": True,
                f"{self.start}__lt": end,
                f"{self.end}__gt": start,
            }
        )
        if not instance._state.adding:
            taken = taken.exclude(pk=instance.pk)
        if taken.exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    @property
    def _fields(self):
        return self.owner, self.start, self.end, self.exempt

    def _check(self, model, connection):
        return self._check_references(model, {(name,) for name in self._fields})

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        kwargs.update(owner=self.owner, start=self.start, end=self.end, exempt=self.exempt)
        return path, args, kwargs

    def __eq__(self, other):
        if isinstance(other, NoOverlap):
            return self.deconstruct() == other.deconstruct()
        return super().__eq__(other)

    def __repr__(self):
        fields = " ".join(f"{name}={getattr(self, name)}" for name in ("owner", "start", "end", "exempt"))
        return f"<{type(self).__qualname__}: name={self.name} {fields}>"
