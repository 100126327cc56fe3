"""The page on which a second person reads what would change in the warning signs, and decides."""

import pytest

from content.models import RedFlag, SafetyProposal, SafetyVersion
from content.safety_publishing import propose
from content.states import ProposalState
from tests.content.factories import make_clinician, make_condition, make_flag, publish_flags
from tests.factories import MONDAY_NOON, make_clinic
from tests.staff import make_editor, make_front_desk, make_publisher

pytestmark = pytest.mark.django_db
URL = "/admin/content/redflag/proposal/"


@pytest.fixture(autouse=True)
def clinic(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)
    make_clinic()
    publish_flags()


@pytest.fixture
def doctor(client):
    doctor = make_clinician()
    client.force_login(doctor)
    return doctor


@pytest.fixture
def proposal():
    make_condition(published=True, title="Sciatica")
    RedFlag.objects.filter(key="bladder").update(text="new words")
    RedFlag.objects.filter(key="not-easing").delete()
    make_flag("added")
    return propose(by=make_publisher(first_name="Pip"), why="Clearer", now=MONDAY_NOON)


def test_it_says_who_what_and_where(client, doctor, proposal, soup):
    text = soup.text(soup.parse(client.get(URL).content.decode()))
    assert "Pip proposed this on Nov 23, 2026, 12:00 PM. “Clearer”" in text
    assert "Warning sign: bladder" in text
    assert "trouble starting or stopping your pee new words" in text
    assert "Warning sign: added new" in text
    assert "Warning sign: not-easing taken out" in text
    assert "Pages that show these signs Sciatica" in text


def test_agreeing(client, doctor, proposal):
    answer = client.post(URL, {"proposal": proposal.pk, "_agree": "1"}, follow=True)
    assert "Agreed and published. Patients see it now." in answer.content.decode()
    assert "new words" in str(SafetyVersion.objects.first().data)
    assert "The last proposal: published on Nov 23, 2026." in answer.content.decode()


def test_enter_in_the_note_never_agrees(client, doctor, proposal, soup):
    forms = list(soup.parse(client.get(URL).content.decode()).iter("form"))
    names = [{e.attrib.get("name") for e in form.iter()} for form in forms]
    assert [{"note", "_agree"} & found for found in names if {"note", "_agree"} & found] == [{"_agree"}, {"note"}]


def test_not_agreeing_needs_words(client, doctor, proposal):
    assert "Say what is wrong with it." in client.post(URL, {"proposal": proposal.pk, "_refuse": "1"}).content.decode()
    answer = client.post(URL, {"proposal": proposal.pk, "_refuse": "1", "note": "Too weak"}, follow=True)
    assert "“Too weak”" in answer.content.decode()
    assert SafetyProposal.objects.get().state == ProposalState.REFUSED


def test_a_newer_draft_is_said(client, doctor, proposal):
    RedFlag.objects.filter(key="bladder").update(text="typed later")
    html = client.get(URL).content.decode()
    assert "Agreeing publishes what stands here, not the newer draft." in html
    assert "typed later" not in html


def test_decided_meanwhile(client, doctor, proposal):
    SafetyProposal.objects.update(state=ProposalState.WITHDRAWN, decided_at=MONDAY_NOON)
    answer = client.post(URL, {"proposal": proposal.pk, "_agree": "1"})
    assert "Somebody else has decided this meanwhile." in answer.content.decode()
    assert SafetyVersion.objects.count() == 1


def test_who_proposed_it_sees_no_button_to_agree(client, proposal):
    client.force_login(proposal.proposed_by)
    html = client.get(URL).content.decode()
    assert 'name="_agree"' not in html
    assert "Somebody else must agree: warning signs always need two people." in html
    assert client.post(URL, {"proposal": proposal.pk, "_agree": "1"}).status_code == 403
    client.post(URL, {"proposal": proposal.pk, "_withdraw": "1"})
    assert SafetyProposal.objects.get().state == ProposalState.WITHDRAWN


@pytest.mark.parametrize("make", [make_editor, make_front_desk])
@pytest.mark.parametrize("press", ["_agree", "_refuse", "_withdraw"])
def test_nobody_else(client, proposal, make, press):
    client.force_login(make())
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"proposal": proposal.pk, press: "1", "note": "x"}).status_code == 403
    assert SafetyProposal.objects.get().state == ProposalState.WAITING


@pytest.mark.parametrize("pk", ["", "x", "999999", "9" * 40])
def test_a_forged_proposal(client, doctor, proposal, pk):
    assert client.post(URL, {"proposal": pk, "_agree": "1"}).status_code == 403
    assert client.post(URL, {"proposal": proposal.pk}).status_code == 403


@pytest.mark.parametrize("flags", [1, 3])
def test_queries(client, doctor, proposal, django_assert_num_queries, flags):
    for number in range(flags):
        make_condition(published=True, flags=("bladder",), title=f"Page {number}")
    client.get(URL)
    with django_assert_num_queries(15):
        assert client.get(URL).status_code == 200
