from content.models.kinds import Article, Condition, InfoPage, Movement, RatedTreatment, Treatment
from content.models.page import Page, Section, Source
from content.models.safety import FlagGroup, RedFlag, SafetyVersion
from content.models.version import PageVersion

__all__ = [
    "Article",
    "Condition",
    "FlagGroup",
    "InfoPage",
    "Movement",
    "Page",
    "PageVersion",
    "RatedTreatment",
    "RedFlag",
    "SafetyVersion",
    "Section",
    "Source",
    "Treatment",
]
