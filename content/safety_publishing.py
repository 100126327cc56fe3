"""Warning signs always need two people: one proposes exactly these signs, another agrees, one of them a clinician."""

from django.db import transaction
from django.utils.translation import gettext as _

from content.editing.messages import SIGNS_PROPOSED, tell
from content.editing.people import PUBLISH_SIGNS, REVIEW_SIGNS, clinician_of, name_of, reviewers
from content.errors import NotAllowed, NotDecided, NotPublishable, Problem
from content.models import Page, RedFlag, SafetyProposal
from content.publishing import draft_flags, live_flags, publish_safety_library, signs_problems
from content.states import ProposalState


@transaction.atomic
def propose(*, by, why, now):
    """Propose the saved warning signs, all of them, as they are now: a SafetyProposal. Writes to whoever can agree.

    Raises NotAllowed without the permission, NotPublishable with every reason of the gate, NotDecided when nothing
    differs from what patients read or another proposal waits.
    """
    if not may_propose(by):
        raise NotAllowed
    # Two people at once: the second waits here and then finds the first one's proposal.
    list(RedFlag.objects.select_for_update().order_by("pk"))
    flags = draft_flags()
    other = waiting_proposal()
    if other is not None:
        words = _("A proposal of %(name)s waits already. Agree to it, or take it back, before you make another.")
        raise NotDecided([Problem("why", words % {"name": name_of(other.proposed_by)})])
    if flags == live_flags():
        raise NotDecided([Problem("why", _("Patients read exactly these warning signs already."))])
    problems = signs_problems(flags)
    if not why.strip():
        problems.append(Problem("why", _("Say in a few words what changed and why.")))
    if problems:
        raise NotPublishable(problems)
    proposal = SafetyProposal.objects.create(data={"flags": flags}, why=why.strip(), proposed_by=by, proposed_at=now)
    tell(SIGNS_PROPOSED, proposal, set(reviewers(REVIEW_SIGNS)) - {by}, now=now)
    return proposal


@transaction.atomic
def agree(*, pk, by, now):
    """A second person agrees: exactly the proposed signs are published, whatever was saved since. The SafetyVersion.

    Raises NotAllowed for who proposed it, for anybody without the permission, and when neither of the two is a
    clinician; NotDecided when somebody else has decided meanwhile; NotPublishable with every reason of the gate.
    """
    proposal = _locked(pk)
    if why_not_agree(proposal, by):
        raise NotAllowed
    version = publish_safety_library(by=by, why=proposal.why, now=now, flags=proposal.data["flags"])
    proposal.version = version
    _decide(proposal, ProposalState.PUBLISHED, by, now)
    return version


@transaction.atomic
def refuse(*, pk, by, note, now):
    """A second person does not agree, and says why. Raises as agree() does, and NotDecided without a note."""
    proposal = _locked(pk)
    if not may_decide(by) or by == proposal.proposed_by:
        raise NotAllowed
    if not note.strip():
        raise NotDecided([Problem("note", _("Say what is wrong with it."))])
    proposal.note = note.strip()
    _decide(proposal, ProposalState.REFUSED, by, now)


@transaction.atomic
def withdraw(*, pk, by, now):
    """Who proposed it takes it back; somebody else with the same permission may too, so that nothing waits for ever."""
    proposal = _locked(pk)
    if not may_propose(by):
        raise NotAllowed
    _decide(proposal, ProposalState.WITHDRAWN, by, now)


def waiting_proposal():
    """The proposal that nobody has decided yet, or None. One query."""
    return SafetyProposal.objects.filter(state=ProposalState.WAITING).select_related("proposed_by").first()


def may_propose(user):
    return user.is_active and user.has_perm(PUBLISH_SIGNS)


def may_decide(user):
    return user.is_active and (user.has_perm(PUBLISH_SIGNS) or user.has_perm(REVIEW_SIGNS))


def why_not_agree(proposal, user):
    """Why this person cannot be the second one, in a sentence; empty when they can. Up to six queries."""
    if not may_decide(user):
        return _("You may read this, but not decide it.")
    if proposal.proposed_by is None or user == proposal.proposed_by:
        return _("Somebody else must agree: warning signs always need two people.")
    if clinician_of(user, REVIEW_SIGNS) is None and clinician_of(proposal.proposed_by, REVIEW_SIGNS) is None:
        return _(
            "One of the two people must be a clinician: in the group Clinical reviewer, with a sign-in that is linked "
            "to a practitioner."
        )
    return ""


def touched_pages(changed_keys):
    """Titles of the live pages that show one of these signs, in their order. One query."""
    live = Page.objects.published().in_live_order().values_list("live_title", "live_version__data__flags")
    return [title for title, keys in live if set(changed_keys).intersection(keys)]


def _locked(pk):
    proposal = SafetyProposal.objects.select_for_update(of=("self",)).select_related("proposed_by").get(pk=pk)
    if proposal.state != ProposalState.WAITING:
        raise NotDecided([Problem("note", _("Somebody else has decided this meanwhile."))])
    return proposal


def _decide(proposal, state, by, now):
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, now
    proposal.save(update_fields=["state", "decided_by", "decided_at", "note", "version"])
