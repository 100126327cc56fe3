import datetime

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.test import Client

from njspine.sign_in import NETWORK_FAILURE_LIMIT
from tests.factories import MONDAY_NOON, make_clinic, make_location
from tests.staff import PASSWORD, make_editor, make_front_desk, make_superuser

LOGIN = "/admin/login/"
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.7"
MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


@pytest.fixture
def later(time_machine):
    def move(by):
        time_machine.shift(by)

    return move


def sign_in(client, username="sky", password=PASSWORD, *, address=HERE, **data):
    return client.post(LOGIN, {"username": username, "password": password} | data, REMOTE_ADDR=address)


def fail(client, times, username="sky", **kwargs):
    return [sign_in(client, username, "wrong", **kwargs).status_code for _ in range(times)]


def test_front_desk_lands_on_the_desk(client):
    make_front_desk()
    assert sign_in(client)["Location"] == "/admin/desk/"
    assert client.get(LOGIN)["Location"] == "/admin/desk/"


def test_editors_land_on_the_lists(client):
    make_editor()
    assert sign_in(client, "eddy")["Location"] == "/admin/"


def test_a_page_that_was_asked_for_comes_first(client):
    make_front_desk()
    assert client.get("/admin/clinic/closure/")["Location"] == f"{LOGIN}?next=/admin/clinic/closure/"
    assert sign_in(client, next="/admin/clinic/closure/")["Location"] == "/admin/clinic/closure/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", r"/\evil.example", "javascript:alert(1)"],
)
def test_signing_in_leads_nowhere_else(client, elsewhere):
    make_front_desk()
    assert sign_in(client, next=elsewhere)["Location"] in ("/admin/", "/admin/desk/")


def test_five_wrong_passwords_lock_the_pair_and_the_right_one_does_not_help(client):
    make_front_desk()
    assert fail(client, 5) == [200, 200, 200, 200, 429]
    answer = sign_in(client)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "no-store" in answer["Cache-Control"]
    assert "15 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_nobody_can_lock_out_the_only_administrator_from_elsewhere(client):
    make_superuser()
    fail(client, 8, "boss", address=ELSEWHERE)
    assert sign_in(client, "boss", address=HERE).status_code == 302


def test_the_lock_does_not_spread_to_colleagues_at_the_same_desk(client):
    make_front_desk()
    make_front_desk(username="lee")
    fail(client, 6)
    assert sign_in(client, "lee").status_code == 302


def test_the_lock_ends_after_fifteen_minutes_also_when_somebody_kept_trying(client, later):
    make_front_desk()
    fail(client, 5)
    later(14 * MINUTE)
    assert fail(client, 1) == [429]
    later(2 * MINUTE)
    assert sign_in(client).status_code == 302


def test_signing_in_forgets_the_slips_before_it(client):
    make_front_desk()
    fail(client, 4)
    sign_in(client)
    client.logout()
    assert fail(client, 4) == [200] * 4


def test_another_browser_is_not_another_try(client):
    make_front_desk()
    for number in range(5):
        client.post(LOGIN, {"username": "sky", "password": "x"}, REMOTE_ADDR=HERE, HTTP_USER_AGENT=f"browser {number}")
    assert sign_in(client).status_code == 429


def test_addresses_inside_one_ipv6_network_are_one_sender(client):
    make_front_desk()
    for number in range(5):
        fail(client, 1, address=f"2001:db8:0:{number:x}::{number + 1}")
    assert sign_in(client, address="2001:db8:0:ff::9").status_code == 429
    assert sign_in(client, address="2001:db8:1::9").status_code == 302


def test_one_network_trying_many_names_is_stopped(client):
    make_front_desk()
    assert 429 not in [code for n in range(NETWORK_FAILURE_LIMIT - 1) for code in fail(client, 1, f"name{n}")]
    assert fail(client, 1, "one-more") == [429]
    assert sign_in(client).status_code == 429
    assert sign_in(client, address=ELSEWHERE).status_code == 302


def test_a_forged_forwarding_header_is_not_another_network(client):
    make_front_desk()
    for number in range(5):
        client.post(
            LOGIN, {"username": "sky", "password": "x"}, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}"
        )
    assert sign_in(client).status_code == 429


def test_what_was_typed_is_nowhere(client, log_lines):
    """A password in the wrong box, a patient's name, another field: none of it in a row or in a log line."""
    make_front_desk()
    sign_in(client, "canary-in-the-name-box", "canary-password", note="canary-note")
    fail(client, 6, "canary-in-the-name-box", note="canary-note")
    kept = [str(value) for row in AccessAttempt.objects.values_list() for value in row]
    assert kept
    assert not [text for text in kept + log_lines if "canary" in text]


def test_a_known_account_keeps_its_name_for_the_log_of_failures(client):
    make_front_desk()
    fail(client, 1)
    sign_in(client)
    assert list(AccessLog.objects.values_list("username", flat=True)) == ["sky"]
    fail(client, 2)
    assert list(AccessAttempt.objects.values_list("username", "failures_since_start")) == [("sky", 2)]


@pytest.mark.parametrize(
    "username", ["", " ", "x" * 151, "x" * 100_000, "a\0b", "\u202esky", "' OR 1=1--", "山田太郎", "O'Brien"]
)
@pytest.mark.parametrize("password", ["", "p" * 100_000, "pass\0word", "パスワード"])
def test_hostile_names_and_passwords_are_only_wrong(client, username, password):
    make_front_desk()
    assert sign_in(client, username, password).status_code == 200


def test_the_answer_is_the_same_whether_an_account_exists_or_not(client):
    make_front_desk()
    make_front_desk(username="gone", is_active=False)
    pages = [sign_in(client, name, "wrong").content.decode() for name in ("sky", "nobody", "gone")]
    errors = {page.split("errornote")[1].split("</div>")[0] for page in pages}
    assert len(errors) == 1


def test_an_idle_session_ends_on_the_server(client, later, settings):
    make_front_desk()
    sign_in(client)
    later((settings.STAFF_IDLE_MINUTES + 1) * MINUTE)
    answer = client.get("/admin/desk/", follow=True)
    assert answer.redirect_chain == [(f"{LOGIN}?next=/admin/desk/", 302)]
    assert "You were signed out" in answer.content.decode()


def test_a_used_session_goes_on(client, later, settings):
    make_front_desk()
    sign_in(client)
    for _ in range(4):
        later((settings.STAFF_IDLE_MINUTES - 1) * MINUTE)
        assert client.get("/admin/").status_code == 200


def test_no_session_outlives_the_day(client, later, settings):
    make_front_desk()
    sign_in(client)
    for _ in range(settings.STAFF_SESSION_HOURS * 6):
        later(10 * MINUTE)
        assert client.get("/admin/").status_code == 200
    later(MINUTE)
    assert client.get("/admin/").status_code == 302


def test_a_session_without_its_times_is_over(client):
    user = make_front_desk()
    client.force_login(user)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert client.get("/admin/").status_code == 302


def test_one_page_after_the_other_writes_no_session(client, later, django_assert_max_num_queries):
    make_front_desk()
    sign_in(client)
    later(MINUTE / 2)
    with django_assert_max_num_queries(20) as queries:
        client.get("/admin/")
    assert not [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_logging_out_is_a_press_and_ends_it(client):
    make_front_desk()
    sign_in(client)
    assert client.get("/admin/logout/").status_code == 405
    answer = client.post("/admin/logout/")
    assert answer.status_code == 200
    assert "signed out" in answer.content.decode()
    assert client.get("/admin/desk/").status_code == 302


def test_whoever_is_switched_off_is_out_at_once(client):
    make_front_desk()
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/admin/desk/").status_code == 302


def test_a_new_password_ends_the_sessions_elsewhere(client):
    user = make_front_desk()
    sign_in(client)
    user.set_password("another sentence nobody guesses")
    user.save()
    assert client.get("/admin/desk/").status_code == 302


def test_the_session_gets_a_new_key_when_somebody_signs_in(client):
    make_front_desk()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_signing_in_needs_the_forms_own_token():
    make_front_desk()
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


@pytest.mark.parametrize(
    "address", [LOGIN, "/admin/", "/admin/password_change/", "/admin/password_change/done/", "/admin/desk/"]
)
def test_no_admin_page_is_kept_by_a_browser(client, address):
    make_front_desk()
    if address != LOGIN:
        sign_in(client)
    assert "no-store" in client.get(address)["Cache-Control"]
