"""Actions write all or nothing, and PostgreSQL's "try again" is tried again."""

import pytest
from django.db import OperationalError, connection, transaction

from booking.actions import events
from booking.actions.transactions import TRIES, in_one_transaction
from booking.errors import TooBusy
from tests.booking.staff_at_work import actions
from tests.factories import MONDAY_NOON

needs_postgresql = pytest.mark.only_on(
    "postgresql", reason="SQLite runs one writing transaction at a time: nothing to try again"
)


class Trouble:
    """An action that writes, and then meets a real error of the server the first few times."""

    def __init__(self, sqlstate, times):
        self.sqlstate = sqlstate
        self.times = times
        self.calls = 0

    def __call__(self, **arguments):
        self.calls += 1
        events.record(f"try {self.calls}", now=MONDAY_NOON)
        if self.calls <= self.times:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{self.sqlstate}'; END $$")
        return arguments


def run(trouble):
    # functools.wraps wants a name.
    trouble.__name__ = "trouble"
    return in_one_transaction(trouble)(answer=42)


@needs_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
class TestTryAgain:
    def test_the_same_action_comes_through_later_and_has_written_once(self, sqlstate):
        assert run(Trouble(sqlstate, times=2)) == {"answer": 42}
        assert actions() == ["try 3"]

    def test_it_ends_in_words_after_a_few_tries(self, sqlstate):
        trouble = Trouble(sqlstate, times=99)
        with pytest.raises(TooBusy):
            run(trouble)
        assert (trouble.calls, actions()) == (TRIES, [])

    def test_inside_the_callers_transaction_it_is_the_callers_to_repeat(self, sqlstate):
        trouble = Trouble(sqlstate, times=1)
        with pytest.raises(OperationalError), transaction.atomic():
            run(trouble)
        assert (trouble.calls, actions()) == (1, [])


@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_tried_again():
    trouble = Trouble("57014", times=1)  # query_canceled
    with pytest.raises(OperationalError):
        run(trouble)
    assert (trouble.calls, actions()) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_an_exception_undoes_everything():
    @in_one_transaction
    def fails():
        events.record("written", now=MONDAY_NOON)
        raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert actions() == []
