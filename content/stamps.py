"""One short string that changes whenever anything public of this app changes."""

from django.db import connection

from content.models import Page, SafetyVersion


def content_stamp():
    """For ETags: which versions are live, and which wording of the warning signs. One query.

    Version ids only grow and never come back, so count, sum and newest name the set of live ones.
    """
    live = f"FROM {connection.ops.quote_name(Page._meta.db_table)} WHERE live_version_id IS NOT NULL"
    signs = connection.ops.quote_name(SafetyVersion._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT COUNT(*) {live}), (SELECT SUM(live_version_id) {live}), "  # noqa: S608  table names only
            f"(SELECT MAX(live_version_id) {live}), (SELECT MAX(number) FROM {signs})"
        )
        return "-".join(str(value or 0) for value in cursor.fetchone())
