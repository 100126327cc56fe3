"""Warning signs always take two people, one of them a clinician, and never lose the last emergency sign."""

import pytest
from django.db import IntegrityError, transaction

from clinic.models import OutgoingMessage
from content.errors import NotAllowed, NotDecided, NotPublishable
from content.models import RedFlag, SafetyProposal, SafetyVersion
from content.publishing import publish_safety_library
from content.safety import live_library
from content.safety_publishing import agree, propose, refuse, withdraw
from content.states import ProposalState
from tests.content.factories import make_clinician, make_condition, publish_flags
from tests.factories import MONDAY_NOON, make_clinic, make_practitioner
from tests.staff import make_editor, make_front_desk, make_publisher, make_reviewer, make_superuser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signs():
    make_clinic()
    publish_flags()
    RedFlag.objects.filter(key="bladder").update(text="new words")


@pytest.fixture
def pip():
    return make_publisher()


@pytest.fixture
def doctor():
    return make_clinician()


def proposed(by, why="Clearer"):
    return propose(by=by, why=why, now=MONDAY_NOON)


def live_texts():
    return [flag.text for flag in live_library().flags]


class TestTwoPeople:
    def test_one_proposes_and_a_clinician_agrees(self, pip, doctor):
        proposal = proposed(pip)
        assert "new words" not in live_texts()
        version = agree(pk=proposal.pk, by=doctor, now=MONDAY_NOON)
        assert "new words" in live_texts()
        proposal.refresh_from_db()
        assert (proposal.state, proposal.decided_by, proposal.version) == (ProposalState.PUBLISHED, doctor, version)
        assert (version.by, version.why) == (doctor, "Clearer")

    def test_nobody_agrees_with_themselves(self):
        both = make_clinician("both", name="Both")
        both.groups.add(*make_publisher().groups.all())
        proposal = proposed(both)
        with pytest.raises(NotAllowed):
            agree(pk=proposal.pk, by=both, now=MONDAY_NOON)
        with pytest.raises(NotAllowed):
            refuse(pk=proposal.pk, by=both, note="x", now=MONDAY_NOON)
        assert "new words" not in live_texts()

    def test_not_even_a_superuser_alone(self):
        boss = make_superuser()
        make_practitioner(user=boss)
        with pytest.raises(NotAllowed):
            agree(pk=proposed(boss).pk, by=boss, now=MONDAY_NOON)

    @pytest.mark.parametrize("make", [make_superuser, make_reviewer, lambda: make_publisher("second")])
    def test_two_people_without_a_clinician(self, pip, make):
        with pytest.raises(NotAllowed):
            agree(pk=proposed(pip).pk, by=make(), now=MONDAY_NOON)

    def test_the_clinician_may_be_the_one_who_proposes(self, pip):
        both = make_clinician("both")
        both.groups.add(*pip.groups.all())
        agree(pk=proposed(both).pk, by=pip, now=MONDAY_NOON)
        assert "new words" in live_texts()

    @pytest.mark.parametrize("make", [make_editor, make_front_desk, make_reviewer])
    def test_who_may_not_propose(self, make):
        with pytest.raises(NotAllowed):
            proposed(make())

    @pytest.mark.parametrize("make", [make_editor, make_front_desk])
    def test_who_may_not_decide(self, pip, make):
        user, proposal = make(), proposed(pip)
        make_practitioner(user=user)
        for decide in (agree, lambda **these: refuse(note="x", **these), withdraw):
            with pytest.raises(NotAllowed):
                decide(pk=proposal.pk, by=user, now=MONDAY_NOON)

    def test_the_one_door_lets_no_person_through_alone(self, pip):
        with pytest.raises(NotAllowed):
            publish_safety_library(by=pip, why="Alone", now=MONDAY_NOON)

    def test_the_database_refuses_one_person_twice(self, pip):
        proposal = proposed(pip)
        with pytest.raises(IntegrityError, match="safety_proposal_needs_two_people"), transaction.atomic():
            SafetyProposal.objects.filter(pk=proposal.pk).update(
                state=ProposalState.PUBLISHED, decided_by=pip, decided_at=MONDAY_NOON
            )

    def test_who_can_agree_is_told(self, pip, doctor):
        proposal = proposed(pip)
        assert OutgoingMessage.objects.get().key == f"signs_proposed:{proposal.pk}:{doctor.pk}"


class TestExactly:
    def test_what_was_proposed_is_published_whatever_was_saved_since(self, pip, doctor):
        proposal = proposed(pip)
        RedFlag.objects.filter(key="bladder").update(text="typed later")
        agree(pk=proposal.pk, by=doctor, now=MONDAY_NOON)
        assert "new words" in live_texts()
        assert "typed later" not in live_texts()

    def test_one_at_a_time(self, pip):
        proposed(pip)
        with pytest.raises(NotDecided):
            proposed(make_publisher("second"))
        assert SafetyProposal.objects.count() == 1

    def test_nothing_to_propose(self, pip, doctor):
        agree(pk=proposed(pip).pk, by=doctor, now=MONDAY_NOON)
        with pytest.raises(NotDecided):
            proposed(pip)

    def test_a_reason_is_needed(self, pip):
        with pytest.raises(NotPublishable):
            proposed(pip, why=" ")

    def test_it_is_decided_once(self, pip, doctor):
        proposal = proposed(pip)
        refuse(pk=proposal.pk, by=doctor, note="Too weak", now=MONDAY_NOON)
        for decide in (agree, withdraw, lambda **these: refuse(note="x", **these)):
            with pytest.raises(NotDecided):
                decide(pk=proposal.pk, by=doctor if decide is not withdraw else pip, now=MONDAY_NOON)
        proposal.refresh_from_db()
        assert (proposal.state, proposal.note) == (ProposalState.REFUSED, "Too weak")
        assert SafetyVersion.objects.count() == 1

    def test_a_no_needs_words(self, pip, doctor):
        with pytest.raises(NotDecided):
            refuse(pk=proposed(pip).pk, by=doctor, note=" ", now=MONDAY_NOON)

    def test_taking_it_back(self, pip):
        withdraw(pk=proposed(pip).pk, by=pip, now=MONDAY_NOON)
        assert SafetyProposal.objects.get().state == ProposalState.WITHDRAWN
        proposed(pip)


class TestTheLastEmergencySign:
    def test_cannot_be_proposed_away(self, pip):
        RedFlag.objects.filter(group="emergency").update(group="soon")
        with pytest.raises(NotPublishable) as refused:
            proposed(pip)
        assert "Keep at least one emergency sign." in [problem.text for problem in refused.value.problems]

    def test_cannot_be_agreed_away_when_a_page_needs_it_meanwhile(self, pip, doctor):
        RedFlag.objects.filter(key="neck-cord").update(group="soon")
        proposal = proposed(pip)
        make_condition(published=True, flags=("neck-cord",), title="Neck")
        with pytest.raises(NotPublishable):
            agree(pk=proposal.pk, by=doctor, now=MONDAY_NOON)
        proposal.refresh_from_db()
        assert proposal.state == ProposalState.WAITING
