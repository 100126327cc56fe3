from content.models.kinds import Article, Condition, InfoPage, Movement, RatedTreatment, Treatment
from content.models.page import LiveLink, Page, Section, Source, page_url
from content.models.safety import RedFlag
from content.models.version import PageVersion, SafetyVersion
from content.states import FlagArea, FlagGroup, Region

__all__ = [
    "Article",
    "Condition",
    "FlagArea",
    "FlagGroup",
    "InfoPage",
    "LiveLink",
    "Movement",
    "Page",
    "PageVersion",
    "RatedTreatment",
    "RedFlag",
    "Region",
    "SafetyVersion",
    "Section",
    "Source",
    "Treatment",
    "page_url",
]
