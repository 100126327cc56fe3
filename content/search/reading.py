"""The index and the facts as one, for one search: which words there are, who has them, what they are called."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Min, Sum

from content.models import SearchEntry, SearchPosting, page_url
from content.search.documents import SITE, weights
from content.search.facts import fact_documents
from content.search.spelling import Vocabulary

# Words of the index by language, as this process read them last, with the stamp of the index at that time.
_read = {}


@dataclass(frozen=True)
class Head:
    """What a result is called and where it leads."""

    kind: str
    title: str
    tagline: str
    url: str


class Index:
    """Keys of documents are those of SearchEntry, and negative numbers for facts."""

    def __init__(self, *, site, language):
        self.entries = SearchEntry.objects.filter(language=language)
        self.facts = {-number: document for number, document in enumerate(fact_documents(site), start=1)}
        self.fact_weights = {key: weights(document) for key, document in self.facts.items()}
        self.vocabulary = self._with_facts(self._stored_vocabulary(language))

    def postings(self, stems):
        """{stem: {document: weight between 0 and 1}} for those of the stems that anything has. One query."""
        found = defaultdict(dict)
        rows = SearchPosting.objects.filter(stem__in=stems, entry__in=self.entries)
        for stem, entry, weight in rows.values_list("stem", "entry_id", "weight"):
            found[stem][entry] = weight
        for key, words in self.fact_weights.items():
            for stem in stems & words.keys():
                found[stem][key] = words[stem][0]
        return dict(found)

    def heads(self, keys):
        """{document: Head} of those that are there still, and can be read still. One query."""
        columns = ("pk", "kind", "title", "tagline", "anchor", "page__kind", "page__live_slug")
        found = {
            pk: Head(kind, title, tagline, page_url(page_kind, slug) + (f"#{anchor}" if anchor else ""))
            for pk, kind, title, tagline, anchor, page_kind, slug in self.entries.filter(
                pk__in=keys, page__live_version__isnull=False
            ).values_list(*columns)
        }
        for key in self.facts.keys() & keys:
            fact = self.facts[key]
            found[key] = Head(fact.kind, fact.title, fact.tagline, fact.url)
        return found

    def passages(self, keys):
        """{document: its passages} of those that are there still. One query."""
        found = dict(self.entries.filter(pk__in=keys).values_list("pk", "passages"))
        return found | {key: self.facts[key].stored_passages() for key in self.facts.keys() & keys}

    def site_page(self, url):
        """The key of one of the site's own pages."""
        return next(key for key, fact in self.facts.items() if fact.kind == SITE and fact.url == url)

    def _stored_vocabulary(self, language):
        stamp = tuple(self.entries.aggregate(Count("pk"), Sum("salt")).values())
        known, vocabulary = _read.get(language, (None, None))
        if known != stamp:
            rows = SearchPosting.objects.filter(entry__in=self.entries).values_list("stem")
            rows = list(rows.annotate(Min("word"), Count("pk")).order_by())
            vocabulary = Vocabulary(
                stems={word: stem for stem, word, _count in rows},
                counts={stem: count for stem, _word, count in rows},
                total=stamp[0],
            )
            _read[language] = (stamp, vocabulary)
        return vocabulary

    def _with_facts(self, stored):
        stems, counts = dict(stored.stems), dict(stored.counts)
        for words in self.fact_weights.values():
            for stem, (_weight, word) in words.items():
                stems.setdefault(word, stem)
                counts[stem] = counts.get(stem, 0) + 1
        return Vocabulary(stems, counts, stored.total + len(self.facts))
