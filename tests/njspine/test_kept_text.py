"""A session that ends while somebody types: the text goes through the sign-in with them, and nowhere else."""

import datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from clinic.models import Closure, Practitioner
from content.models import Condition
from tests.content.factories import add_section, add_source, make_condition
from tests.content.reading import Soup, change_url, form_data
from tests.factories import MONDAY_NOON, make_clinic, make_location
from tests.staff import PASSWORD, make_editor, make_front_desk, make_publisher

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
KEPT = "You were signed out. What you typed is kept on this page"
IDLE = datetime.timedelta(minutes=settings.STAFF_IDLE_MINUTES + 1)
OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_location()
    return make_clinic()


def fields_of(answer, form_id=None, action=None):
    """(action, {name: values}) of a form of a page, as a browser would send it."""
    root = Soup.parse(answer.content.decode())
    forms = [form for form in root.iter("form") if form.attrib.get("method") == "post"]
    if form_id:
        form = next(form for form in forms if form.attrib.get("id") == form_id)
    else:
        form = next(form for form in forms if form.attrib.get("action") == action)
    sent = {}
    for one in form.iter("input"):
        if "name" in one.attrib and one.attrib.get("type") != "submit":
            sent.setdefault(one.attrib["name"], []).append(one.attrib.get("value", ""))
    return form.attrib.get("action"), sent


class Window:
    """A browser that checks tokens, with one form open."""

    def __init__(self, user):
        self.user = user
        self.client = Client(enforce_csrf_checks=True)
        self.sign_in()

    def sign_in(self, username=None):
        _, data = fields_of(self.client.get(LOGIN), "login-form")
        return self.client.post(LOGIN, data | {"username": username or self.user.username, "password": PASSWORD})

    def open(self, url):
        self.url = url
        self.data = form_data(Soup.parse(self.client.get(url).content.decode()))
        return self

    def send(self, **changes):
        return self.client.post(self.url, self.data | changes, **OURS)

    def go_on(self, answer, username=None, password=PASSWORD):
        action, data = fields_of(answer, "login-form")
        return self.client.post(
            action, data | {"username": username or self.user.username, "password": password}, **OURS
        )

    def press(self, answer):
        action, data = fields_of(answer, "go-on")
        return self.client.post(action, data, follow=True, **OURS)


@pytest.fixture
def window():
    return Window(make_publisher())


def idle(window, time_machine):
    time_machine.shift(IDLE)


def gone(window, time_machine):
    Session.objects.all().delete()


def signed_out_elsewhere(window, time_machine):
    token = window.client.cookies["csrftoken"].value
    window.client.post("/admin/logout/", {"csrfmiddlewaretoken": token}, **OURS)


def password_changed(window, time_machine):
    window.user.set_password(PASSWORD)
    window.user.save()


@pytest.mark.parametrize("ends", [idle, gone, signed_out_elsewhere, password_changed])
def test_what_was_typed_goes_through_the_sign_in_and_is_saved_by_a_press(window, time_machine, ends):
    page = make_condition(title="As it was")
    window.open(change_url(page))
    ends(window, time_machine)
    asked = window.send(title="Typed", _continue="Save")
    assert asked.status_code == 200
    assert KEPT in asked.content.decode()
    after = window.go_on(asked)
    html = after.content.decode()
    assert "Signed in. Go on with what you typed" in html
    assert "The button sends the form “condition” as you typed it. It does what you pressed before: save." in html
    page.refresh_from_db()
    assert page.title == "As it was"
    done = window.press(after)
    assert "Draft saved." in done.content.decode()
    page.refresh_from_db()
    assert page.title == "Typed"


def test_a_wrong_password_keeps_it_and_the_locked_page_too(window, time_machine):
    page = make_condition(title="As it was")
    window.open(change_url(page))
    time_machine.shift(IDLE)
    answer = window.send(title="Typed", _continue="Save")
    for _ in range(4):
        answer = window.go_on(answer, password="wrong")
        assert answer.status_code == 200
    locked = window.go_on(answer, password="wrong")
    assert locked.status_code == 429
    assert "kept on this page" in locked.content.decode()
    time_machine.shift(datetime.timedelta(minutes=16))
    action, data = fields_of(locked, action=LOGIN)
    done = window.press(window.go_on(window.client.post(action, data, **OURS)))
    assert "Draft saved." in done.content.decode()
    page.refresh_from_db()
    assert page.title == "Typed"


def test_several_values_of_one_name_and_line_breaks_arrive_as_they_were(window, time_machine):
    make_condition()
    window.open("/admin/content/condition/add/")
    time_machine.shift(IDLE)
    text = "<b>One</b>\r\n\r\n\"two\" & 'three' é 山"
    new = {"title": "New", "slug": "new", "summary": text, "_continue": "Save"}
    related = [str(Condition.objects.get().pk)]
    window.press(window.go_on(window.send(**new, related=related)))
    page = Condition.objects.get(slug="new")
    assert page.summary == text
    assert list(page.related.values_list("pk", flat=True)) == [Condition.objects.exclude(pk=page.pk).get().pk]


def test_fields_named_like_those_of_the_sign_in_stay_apart(time_machine):
    window = Window(make_front_desk())
    window.open("/admin/clinic/closure/add/")
    time_machine.shift(IDLE)
    fields = {"username": "boss", "next": "https://evil.example/", "kept-path": "/x", "kept-field-a": "b"}
    answer = window.send(reason="Repairs", first_day="2026-12-01", last_day="2026-12-01", **fields, _save="Save")
    _, data = fields_of(answer, "login-form")
    assert data["username"] == [""]
    assert data["next"] == ["/admin/clinic/closure/add/"]
    assert data["kept-field-username"] == ["boss"]
    assert data["kept-field-kept-path"] == ["/x"]
    window.press(window.go_on(answer))
    assert Closure.objects.get().reason == "Repairs"


def test_a_callers_request_too(time_machine):
    window = Window(make_front_desk())
    window.client.get("/admin/desk/caller/")
    window.url = "/admin/desk/caller/"
    window.data = {"csrfmiddlewaretoken": window.client.cookies["csrftoken"].value}
    time_machine.shift(IDLE)
    answer = window.send(first_name="Canary", phone="201 555 0123")
    assert KEPT in answer.content.decode()
    after = window.go_on(answer)
    assert "The button sends the form “front desk” as you typed it." in after.content.decode()
    assert fields_of(after, "go-on")[1]["first_name"] == ["Canary"]


def test_whoever_signs_in_needs_the_permission_and_a_refusal_loses_nothing(window, time_machine):
    make_front_desk()
    page = make_condition(title="As it was")
    window.open(change_url(page))
    time_machine.shift(IDLE)
    after = window.go_on(window.send(title="Typed", _continue="Save"), username="sky")
    assert "You are signed in as sky." in after.content.decode()
    refused = window.press(after)
    assert refused.status_code == 403
    assert "Nothing was saved. What you typed is kept on this page" in refused.content.decode()
    action, data = fields_of(refused, action=LOGIN)
    again = window.client.post(action, data, **OURS)
    assert again.status_code == 200
    done = window.press(window.go_on(again))
    assert "Draft saved." in done.content.decode()
    page.refresh_from_db()
    assert page.title == "Typed"


def test_a_long_page_with_hundreds_of_fields_passes(window, time_machine):
    page = make_condition()
    for number in range(20):
        add_section(page, "causes", body=f"<p>{'<strong>ä</strong> word ' * 700}{number}</p>")
    for _ in range(25):
        add_source(page)
    window.open(change_url(page))
    size = sum(len(str(value).encode()) for value in window.data.values())
    assert len(window.data) > 300
    assert size > 300_000
    time_machine.shift(IDLE)
    done = window.press(window.go_on(window.send(title="Typed", _continue="Save")))
    assert "Draft saved." in done.content.decode()
    page.refresh_from_db()
    assert page.title == "Typed"


def test_a_file_is_named_because_it_cannot_be_kept(time_machine):
    window = Window(make_editor())
    window.open("/admin/clinic/image/add/")
    time_machine.shift(IDLE)
    answer = window.send(alt="A room", file=SimpleUploadedFile("room.png", b"x", "image/png"), _save="Save")
    assert "Files cannot be kept. Choose them again later: File." in answer.content.decode()
    assert "Choose them again afterwards: File." in window.go_on(answer).content.decode()


class TestNotKept:
    def test_a_password(self, window, time_machine):
        window.open("/admin/clinic/closure/add/")
        window.url = "/admin/password_change/"
        time_machine.shift(IDLE)
        answer = window.send(old_password="canary", new_password1="canary", new_password2="canary")
        assert answer.status_code == 302
        assert "canary" not in answer.content.decode()

    def test_a_new_account(self, window, time_machine):
        window.open("/admin/clinic/closure/add/")
        window.url = "/admin/auth/user/add/"
        time_machine.shift(IDLE)
        assert window.send(username="x", password1="canary", password2="canary").status_code == 302

    def test_for_an_account_that_was_switched_off(self, window):
        window.open("/admin/clinic/closure/add/")
        User.objects.update(is_active=False)
        assert window.send(reason="Typed").status_code == 302

    def test_without_the_forms_token(self, window, time_machine):
        window.open("/admin/clinic/closure/add/")
        time_machine.shift(IDLE)
        answer = window.client.post(window.url, {"reason": "canary"}, HTTP_SEC_FETCH_SITE="cross-site")
        assert answer.status_code == 403
        assert "canary" not in answer.content.decode()

    @pytest.mark.parametrize(
        "path",
        [
            "https://evil.example/admin/",
            "//evil.example/admin/",
            "/",
            "/appointments/",
            "/admin/login/",
            "/admin/logout/",
            "/admin/password_change/",
            "/admin/../appointments/",
            "/admin/clinic/closure/%2e%2e/../../../appointments/change/",
            "javascript:alert(1)",
            "/admin\\@evil.example/",
            "\0",
            "x" * 5000,
        ],
    )
    def test_for_another_address(self, client, path):
        make_front_desk()
        data = {"kept-path": path, "kept-field-words": "canary", "username": "sky", "password": PASSWORD}
        answer = client.post(LOGIN, data)
        assert answer.status_code == 302
        assert "canary" not in answer.content.decode()

    def test_what_would_not_fit_into_the_sign_in(self, window, time_machine):
        window.open("/admin/clinic/closure/add/")
        time_machine.shift(IDLE)
        assert window.send(reason="x" * 999_000).status_code in (302, 413)


def test_what_was_typed_is_in_no_row_no_line_no_cookie_and_no_address(window, time_machine, log_lines):
    window.open("/admin/clinic/closure/add/")
    time_machine.shift(IDLE)
    answer = window.send(reason="canary-of-the-text", first_day="2026-12-01", last_day="2026-12-01", _save="Save")
    window.go_on(answer, password="wrong")
    after = window.go_on(answer)
    assert "canary-of-the-text" in after.content.decode()
    assert not [line for line in log_lines if "canary-of" in line]
    assert "canary-of" not in str(window.client.cookies)
    assert "canary-of" not in str(after.headers)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert "canary-of" not in str(cursor.fetchall()), table
    # The control: the press does store it.
    window.press(after)
    assert Closure.objects.get().reason == "canary-of-the-text"


def test_signing_in_elsewhere_changes_the_token_and_the_form_can_still_be_sent(window):
    """The sign-in in another window gives the browser a new token: the old form's is refused, its text is not lost."""
    page = make_condition(title="As it was")
    window.open(change_url(page))
    signed_out_elsewhere(window, None)
    window.sign_in()
    refused = window.send(title="Typed", _continue="Save")
    assert refused.status_code == 403
    assert "This was not sent yet" in refused.content.decode()
    action, data = fields_of(refused, action=change_url(page))
    assert "Draft saved." in window.client.post(action, data, follow=True, **OURS).content.decode()
    page.refresh_from_db()
    assert page.title == "Typed"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_a_strangers_page_gets_no_button(window, site):
    window.open("/admin/clinic/closure/add/")
    headers = {} if site is None else {"HTTP_SEC_FETCH_SITE": site}
    answer = window.client.post(window.url, {"reason": "canary"}, **headers)
    assert answer.status_code == 403
    assert "canary" not in answer.content.decode()


def test_a_password_is_not_echoed_by_the_refusal(window):
    window.open("/admin/clinic/closure/add/")
    for url, data in (
        (LOGIN, {"username": "sky", "password": "canary"}),
        ("/admin/password_change/", {"old_password": "canary"}),
        (LOGIN, {"username": "sky", "password": "canary", "kept-path": "/admin/clinic/closure/add/"}),
    ):
        answer = window.client.post(url, data, **OURS)
        assert answer.status_code == 403
        assert "canary" not in answer.content.decode()


def test_a_sign_in_form_whose_token_is_old_keeps_what_it_carried(window, time_machine):
    page = make_condition(title="As it was")
    window.open(change_url(page))
    time_machine.shift(IDLE)
    asked = window.send(title="Typed", _continue="Save")
    window.sign_in()
    refused = window.go_on(asked)
    assert refused.status_code == 403
    action, data = fields_of(refused, action=LOGIN)
    assert "password" not in data
    done = window.press(window.go_on(window.client.post(action, data, **OURS)))
    assert "Draft saved." in done.content.decode()


def test_a_practitioner_is_named_by_what_it_is(time_machine):
    window = Window(make_front_desk())
    window.open("/admin/clinic/practitioner/add/")
    time_machine.shift(IDLE)
    after = window.go_on(window.send(name="Typed", _save="Save"))
    assert str(Practitioner._meta.verbose_name) in after.content.decode()
    assert "Typed" not in Soup.text(next(Soup.parse(after.content.decode()).iter("main")))
