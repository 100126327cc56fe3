"""What the database itself refuses, on PostgreSQL and on SQLite alike, whoever asks: admin, shell, import or plain SQL.

NoOverlap   two stretches of time of one owner never overlap
OnlyMoves   a row's state changes only as its table of moves says
"""

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


# Plain SQL of both engines. A trigger of either knows the row as it was, which a CHECK does not.
FORBIDDEN_MOVE = "OLD.%(field)s <> NEW.%(field)s AND (OLD.%(field)s || '>' || NEW.%(field)s) NOT IN (%(moves)s)"

SQLITE_MOVES = f"""CREATE TRIGGER %(name)s BEFORE UPDATE OF %(field)s ON %(table)s FOR EACH ROW WHEN {FORBIDDEN_MOVE}
BEGIN
  SELECT RAISE(ABORT, '%(message)s');
END"""

# Not UPDATE OF: PostgreSQL would then let no later migration change the column's type.
POSTGRESQL_MOVES = f"""CREATE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {FORBIDDEN_MOVE} THEN
    RAISE EXCEPTION '%(message)s' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER %(name)s BEFORE UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(function)s()"""


class OnlyMoves(BaseConstraint):
    """A row's `field` changes only as `moves`, pairs (from, to), allow. Staying where one is is no move.

    Rows that are there already stay as they are, and a row may be inserted in any state: an import brings visits that
    are long over. Violations raise IntegrityError on both engines, and its text contains the name. PostgreSQL keeps the
    column's name in a function: a migration that renames it removes this constraint first and adds it again after.
    """

    def __init__(self, *, name, field, moves, violation_error_code=None, violation_error_message=None):
        super().__init__(
            name=name, violation_error_code=violation_error_code, violation_error_message=violation_error_message
        )
        self.field = field
        self.moves = tuple((str(source), str(to)) for source, to in moves)

    @classmethod
    def of(cls, table, *, name, field):
        """From a table of states.py, {state: set of states}, in a fixed order: sets have none."""
        pairs = ((str(source), str(to)) for source, targets in table.items() for to in targets)
        return cls(name=name, field=field, moves=sorted(pairs))

    def constraint_sql(self, model, schema_editor):
        # Deferred, for the same reason as in NoOverlap.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model, schema_editor):
        table = model._meta.db_table
        quote = schema_editor.quote_name
        return Statement(
            POSTGRESQL_MOVES if schema_editor.connection.vendor == "postgresql" else SQLITE_MOVES,
            table=Table(table, quote),
            field=Columns(table, [model._meta.get_field(self.field).column], quote),
            moves=", ".join(schema_editor.quote_value(f"{source}>{to}") for source, to in self.moves),
            name=quote(self.name),
            function=quote(f"{self.name}_refusal"),
            message=self.name,
        )

    def remove_sql(self, model, schema_editor):
        """Only PostgreSQL needs it: on SQLite Django remakes the table, and the trigger goes with the old one."""
        return Statement(
            "DROP TRIGGER %(name)s ON %(table)s; DROP FUNCTION %(function)s()",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            function=schema_editor.quote_name(f"{self.name}_refusal"),
        )

    def is_violated_in(self, error):
        """Whether an IntegrityError comes from this constraint and no other."""
        return self.name in str(error)

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        """Nothing to tell a form: states change in booking.actions alone."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "moves": self.moves}

    def __eq__(self, other):
        if isinstance(other, OnlyMoves):
            return self.deconstruct() == other.deconstruct()
        return super().__eq__(other)
