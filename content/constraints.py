"""AppendOnly: rows that the database lets nobody rewrite."""

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint

SQLITE = """CREATE TRIGGER %(name)s BEFORE UPDATE OF %(columns)s ON %(table)s
BEGIN
  SELECT RAISE(ABORT, '%(message)s');
END"""

POSTGRESQL = """CREATE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%(message)s' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER %(name)s BEFORE DELETE OR UPDATE OF %(columns)s ON %(table)s
FOR EACH ROW EXECUTE FUNCTION %(function)s()"""


class AppendOnly(BaseConstraint):
    """The named `fields` of a row never change: triggers raise IntegrityError, and its text contains the name.

    PostgreSQL refuses deleting too. SQLite cannot: there Django empties tables row by row when it flushes a database,
    so deleting is refused by the model and, for a live version, by the foreign key that points to it.
    """

    def __init__(self, *, name, fields, violation_error_code=None, violation_error_message=None):
        super().__init__(
            name=name, violation_error_code=violation_error_code, violation_error_message=violation_error_message
        )
        self.fields = tuple(fields)

    def constraint_sql(self, model, schema_editor):
        # Deferred statements follow the table through SQLite's remakes (create new__x, copy, drop x, rename to x).
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model, schema_editor):
        table = model._meta.db_table
        quote = schema_editor.quote_name
        columns = [model._meta.get_field(name).column for name in self.fields]
        return Statement(
            POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE,
            table=Table(table, quote),
            columns=Columns(table, columns, quote),
            name=quote(self.name),
            function=quote(f"{self.name}_refusal"),
            message=self.name,
        )

    def remove_sql(self, model, schema_editor):
        """Only PostgreSQL needs it: Django's SQLite editor remakes the table, and triggers go with the old one."""
        return Statement(
            "DROP TRIGGER %(name)s ON %(table)s; DROP FUNCTION %(function)s()",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            function=schema_editor.quote_name(f"{self.name}_refusal"),
        )

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        """Nothing to tell a form: no form changes such rows."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"fields": self.fields}

    def __eq__(self, other):
        if isinstance(other, AppendOnly):
            return self.deconstruct() == other.deconstruct()
        return super().__eq__(other)
