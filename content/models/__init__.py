from content.models.addresses import ExternalLink, MissingAddress, Redirect
from content.models.editing import PageReview, PlannedChange, ReviewRequest, SafetyProposal
from content.models.feedback import PageFeedback
from content.models.kinds import Article, Condition, Glossary, InfoPage, Movement, RatedTreatment, Term, Treatment
from content.models.page import LiveLink, Page, Section, Source, page_url
from content.models.safety import RedFlag
from content.models.search import SearchEntry, SearchMiss, SearchPosting
from content.models.version import PageVersion, SafetyVersion
from content.states import (
    FlagArea,
    FlagGroup,
    PlanAction,
    PlanState,
    ProposalState,
    Region,
    TreatmentCategory,
    Verdict,
    VersionKind,
)

__all__ = [
    "Article",
    "Condition",
    "ExternalLink",
    "FlagArea",
    "FlagGroup",
    "Glossary",
    "InfoPage",
    "LiveLink",
    "MissingAddress",
    "Movement",
    "Page",
    "PageFeedback",
    "PageReview",
    "PageVersion",
    "PlanAction",
    "PlanState",
    "PlannedChange",
    "ProposalState",
    "RatedTreatment",
    "RedFlag",
    "Redirect",
    "Region",
    "ReviewRequest",
    "SafetyProposal",
    "SafetyVersion",
    "SearchEntry",
    "SearchMiss",
    "SearchPosting",
    "Section",
    "Source",
    "Term",
    "Treatment",
    "TreatmentCategory",
    "Verdict",
    "VersionKind",
    "page_url",
]
