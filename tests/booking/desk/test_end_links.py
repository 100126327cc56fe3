"""Staff end the links in a patient's mails, and only those that they saw."""

from django.test import Client

from booking.patient_links import link_token
from tests.booking.desk.test_answering import problems, url
from tests.booking.desk.test_desk_page import text_of


def opens(token):
    return Client().get(f"/appointments/mine/{token}/").status_code


def test_all_links_end_and_the_next_mail_holds_a_new_one(page, desk):
    asked = desk.request()
    old = link_token(asked)
    assert opens(old) == 200
    shown = page.get(url(asked)).content.decode()
    assert '<summary>End all links</summary><form method="post"' in shown
    answer = page.post(url(asked, "end_links"), {"version": asked.link_generation}, follow=True)
    assert "The links in their mails have ended." in text_of(answer)
    assert "sky ended the links in the patient&#x27;s mails." in text_of(answer)
    assert opens(old) == 404
    asked.refresh_from_db()
    assert opens(link_token(asked)) == 200


def test_the_same_press_again_ends_nothing_more(page, desk):
    """The link that went out meanwhile keeps working: a page sent twice ends what it showed, no more."""
    asked = desk.request()
    for generation, status in ((1, 302), (1, 409), ("", 200), ("x" * 400, 200), (2**40, 200)):
        answer = page.post(url(asked, "end_links"), {"version": generation})
        assert answer.status_code == status
        assert bool(problems(answer)) == (status != 302)
    asked.refresh_from_db()
    assert asked.link_generation == 2
    assert opens(link_token(asked)) == 200


def test_who_gets_no_mail_has_no_links_to_end(page, desk):
    assert "End all links" not in text_of(page.get(url(desk.request(email=""))))
