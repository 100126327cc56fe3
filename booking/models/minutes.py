"""Instants as whole minutes since 1970 (UTC), counted by the database: thousands of rows arrive as plain integers.

To the same minutes as booking.slots.touched_minutes(): the first one that is touched, and the first one that is not.
Reading instants instead was more than half of the work of an answer about open times.
"""

from django.db.models import Field, Func

# SQLite keeps an instant as text, with a fraction only where there is one. Cut off here, since SQLite would round it.
SECONDS = "strftime('%%%%s', substr(%(expressions)s, 1, 19))"


class FirstMinute(Func):
    """The minute in which an instant lies."""

    # Not IntegerField, for which Django would call int() on every one of the thousands of integers.
    output_field = Field()
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, template=f"{SECONDS} / 60", **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 60)::integer"
        return super().as_sql(compiler, connection, template=template, **context)


class EndMinute(Func):
    """The first minute that begins at an instant or after it."""

    output_field = Field()
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        template = f"({SECONDS} + 59 + (length(%(expressions)s) > 19)) / 60"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "CEIL(EXTRACT(EPOCH FROM %(expressions)s) / 60)::integer"
        return super().as_sql(compiler, connection, template=template, **context)
