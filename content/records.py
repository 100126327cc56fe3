"""The record of what was public: every version of a page as a file that opens anywhere, with a list of who and when.

Internet advertising is kept three years in New Jersey (N.J.A.C. 13:39A-8.7). The same versions always give the same
bytes, as long as the clinic's facts are the same: those are not kept by date, and the files show today's.
"""

import base64
import csv
import datetime
import hashlib
import io
import json
import re
import zipfile

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.template.loader import render_to_string
from django.utils.html import escape

from clinic.images import image_path
from clinic.models import Clinic
from content.drafts import readable
from content.models import PageVersion, SafetyVersion
from content.preview import page_values
from content.states import VersionKind

COLUMNS = (
    "page",
    "kind",
    "address",
    "version",
    "public from (UTC)",
    "public until (UTC)",
    "published by",
    "why",
    "warning signs at first",
    "warning signs later",
    "clinic facts",
    "page as patients saw it",
    "SHA-256",
    "data",
    "SHA-256 of data",
)
ABOUT = """What was public on {site}.

manifest.csv   one line for each version: when it was public, who published it, why, and the SHA-256 of its files
*.html         the page as patients saw it, with the warning signs and the glossary of that time
*.json         the same as it is stored
warning-signs/ every wording of the warning signs that was public

Times are UTC. Name, phone and emergency number of the clinic are not kept by date: the files show those of the day of
this export, and the column "clinic facts" says whether anybody changed them after the page was published.
Links lead to the site as it is today.
"""
STYLES = ("tokens", "base", "components", "content", "print")
CHUNK = 20
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LINK_TAG = re.compile(r"<link\b[^>]*>\s*")
OTHER_SOURCES = re.compile(r"""<source\b[^>]*>|\s(?:srcset|sizes|loading)="[^"]*\"""")
OWN_PATH = re.compile(r'(href|action|src)="(/[^"]*)"')
IMAGE = re.compile(r'src="[^"]*/([0-9a-f]+-[0-9]+\.jpg)"')
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP


def write_record(out, pages, *, site, since=None, until=None):
    """Write the ZIP of all versions of `pages` (a queryset) that were public, to the binary file `out`; their number.

    `since` and `until` are instants: only versions that were public at some time between them. Holds a few versions
    in memory at a time.
    """
    library = list(SafetyVersion.objects.order_by("number"))
    changed = LogEntry.objects.filter(content_type__app_label=Clinic._meta.app_label).order_by("-action_time")
    facts_changed_at = changed.values_list("action_time", flat=True).first()
    styles = _styles()
    lines = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for page in pages.order_by("pk").iterator(chunk_size=CHUNK):
            for version, ended_at in _public(page, since=since, until=until):
                html = _html(page, version, site=site, styles=styles)
                data = _json(version.data)
                stem = f"{page.kind}-{page.pk}/version-{version.number}"
                _add(archive, f"{stem}.html", html, version.created_at)
                _add(archive, f"{stem}.json", data, version.created_at)
                times = _library_times(library, version.created_at, ended_at)
                lines.append(
                    (
                        page.pk,
                        page.kind,
                        readable(version.data, page.kind)["slug"],
                        version.number,
                        _utc(version.created_at),
                        _utc(ended_at),
                        version.by.get_username() if version.by else "",
                        version.why,
                        *times,
                        _facts(facts_changed_at, version.created_at),
                        f"{stem}.html",
                        hashlib.sha256(html).hexdigest(),
                        f"{stem}.json",
                        hashlib.sha256(data).hexdigest(),
                    )
                )
        for version in library:
            _add(archive, f"warning-signs/{version.number}.json", _json(version.data), version.published_at)
        _add(archive, "manifest.csv", _csv(lines))
        _add(archive, "about.txt", ABOUT.format(site=settings.SITE_URL).encode())
    return len(lines)


def public_at(page, instant):
    """(version, when it stopped being public or None) of what patients could read then; (None, None) for nothing."""
    changes = page.versions.exclude(kind=VersionKind.SAVED)
    last = changes.filter(created_at__lte=instant).select_related("by").order_by("-number").first()
    if last is None or last.kind == VersionKind.OFF or not last.data:
        return None, None
    after = changes.filter(number__gt=last.number).order_by("number").values_list("created_at", flat=True).first()
    return last, after


def harmless_cell(value):
    """A value that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _public(page, *, since, until):
    """(version, when it ended or None) of what was public between the instants, oldest first."""
    rows = PageVersion.objects.filter(page=page).exclude(kind=VersionKind.SAVED).select_related("by")
    previous = None
    for version in rows.order_by("number").iterator(chunk_size=CHUNK):
        if previous is not None and _is_within(previous, version.created_at, since, until):
            yield previous, version.created_at
        # Without data nobody can say what was public.
        previous = version if version.kind == VersionKind.PUBLISHED and version.data else None
    if previous is not None and _is_within(previous, None, since, until):
        yield previous, None


def _is_within(version, ended_at, since, until):
    return (until is None or version.created_at <= until) and (since is None or ended_at is None or ended_at > since)


def _html(page, version, *, site, styles):
    context = page_values(page, version.data, site=site, at=version.created_at) | {"site": site}
    html = render_to_string("content/record.html", context)
    html = OTHER_SOURCES.sub("", LINK_TAG.sub("", html))
    html = IMAGE.sub(embedded, html)
    html = OWN_PATH.sub(lambda found: f'{found[1]}="{escape(settings.SITE_URL)}{found[2]}"', html)
    return html.replace("</head>", f"{styles}</head>", 1).encode()


def embedded(found):
    """The picture itself; its name when the file is gone, so that the record still says which one it was."""
    try:
        content = image_path(found[1]).read_bytes()
    except OSError:
        return f'src="{found[1]}"'
    return f'src="data:image/jpeg;base64,{base64.b64encode(content).decode()}"'


def _styles():
    folder = settings.BASE_DIR / "static" / "css"
    texts = ((folder / f"{name}.css").read_text() for name in STYLES)
    media = dict.fromkeys(STYLES, "all") | {"print": "print"}
    return "".join(f'<style media="{media[name]}">{text}</style>' for name, text in zip(STYLES, texts, strict=True))


def _json(data):
    # A lone surrogate, which UTF-8 has no bytes for, becomes its JSON escape.
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode(errors="backslashreplace")


def _csv(lines):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([harmless_cell(value) for value in line] for line in lines)
    # With a mark, or Excel reads accents as something else.
    return text.getvalue().encode("utf-8-sig")


def _add(archive, name, content, at=None):
    when = max(at.astimezone(datetime.UTC).timetuple()[:6], EARLIEST) if at else EARLIEST
    info = zipfile.ZipInfo(name, when)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _library_times(library, started_at, ended_at):
    """Number of the warning signs' wording at the start, and of those that replaced it while the version was public."""
    first = [version.number for version in library if version.published_at <= started_at]
    later = [v.number for v in library if v.published_at > started_at and (not ended_at or v.published_at < ended_at)]
    return (first[-1] if first else "", " ".join(map(str, later)))


def _facts(changed_at, started_at):
    if changed_at is None or changed_at <= started_at:
        return "as they were"
    return f"changed since, last on {_utc(changed_at)}"


def _utc(instant):
    return instant.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else ""
