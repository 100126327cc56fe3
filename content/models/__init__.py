from content.models.feedback import PageFeedback
from content.models.kinds import Article, Condition, Glossary, InfoPage, Movement, RatedTreatment, Term, Treatment
from content.models.page import LiveLink, Page, Section, Source, page_url
from content.models.safety import RedFlag
from content.models.search import SearchEntry, SearchMiss, SearchPosting
from content.models.version import PageVersion, SafetyVersion
from content.states import FlagArea, FlagGroup, Region, TreatmentCategory

__all__ = [
    "Article",
    "Condition",
    "FlagArea",
    "FlagGroup",
    "Glossary",
    "InfoPage",
    "LiveLink",
    "Movement",
    "Page",
    "PageFeedback",
    "PageVersion",
    "RatedTreatment",
    "RedFlag",
    "Region",
    "SafetyVersion",
    "SearchEntry",
    "SearchMiss",
    "SearchPosting",
    "Section",
    "Source",
    "Term",
    "Treatment",
    "TreatmentCategory",
    "page_url",
]
