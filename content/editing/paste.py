"""What Word, Google Docs, Outlook, LibreOffice and Pages put on the clipboard, as the editor's own kind of HTML. Pure.

Two steps: nh3 reads the HTML as browsers do and drops scripts, comments, style sheets, hidden notes and deleted words;
the flat run of blocks that is left (paste_blocks.py) is written again with the editor's tags. It makes nothing safe:
the sanitiser of content/rich_text.py runs after it.
"""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import nh3

from content.editing.paste_blocks import Block, Run, serialised

KEPT_TAGS = {
    *("p", "div", "section", "article", "aside", "header", "footer", "main", "blockquote", "pre", "address", "center"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr", "figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "details", "summary", "menu"),
    *("b", "strong", "i", "em", "span", "font", "a", "sup", "sub", "ins", "u", "s"),
}
# Dropped with what is inside: no words of the text. <del> is how Word marks words that somebody took out.
DROPPED = {"script", "style", "xml", "title", "del"}
_READER = nh3.Cleaner(
    tags=KEPT_TAGS,
    clean_content_tags=DROPPED,
    attributes={"*": {"style", "class", "data-aria-level"}, "a": {"href", "style", "class"}, "ol": {"start", "style"}},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel=None,
)
INLINE = {"b", "strong", "i", "em", "span", "font", "a", "sup", "sub", "ins", "u", "s"}
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
WORD_HEADINGS = {"MsoTitle": "h3", "MsoSubtitle": "h4"}
LISTS = {"ul": "ul", "menu": "ul", "ol": "ol"}
# Colleagues' comments in the margin, hidden text, deleted words: seen by their class or style.
HIDDEN_CLASS = re.compile(r"\b(?:msocomanchor|msocomtxt|MsoCommentReference|MsoCommentText|msoDel)\b")
HIDDEN_STYLE = re.compile(r"mso-element:\s*comment|mso-hide:\s*all|mso-comment-reference", re.IGNORECASE)
WORD_LIST = re.compile(r"mso-list:\s*\w+\s+level(\d)", re.IGNORECASE)
WORD_MARKER = re.compile(r"mso-list:\s*Ignore", re.IGNORECASE)
WEIGHT = re.compile(r"(?:^|[;\s])font-weight:\s*(bold|normal|\d{3})", re.IGNORECASE)
SLOPE = re.compile(r"(?:^|[;\s])font-style:\s*(italic|oblique|normal)", re.IGNORECASE)
NUMBERED = re.compile(r"\(?(?:(\d{1,4})|[a-z]|[ivxlc]+)[.)]", re.IGNORECASE)
BULLETS = "·•▪▫◦‣●○■□\uf0b7\uf0a7\uf0d8\uf0fc"
# A bullet that came as a letter: one that only bullets use, or “o”, “§”, “-” and “1.” before a gap as Word makes it.
TYPED_BULLET = re.compile(rf"(?:[{BULLETS}]\s*|(?:[o§–-]|(?P<number>\d{{1,3}})[.)])(?=[\xa0\t]|  )[\s\xa0]+)")
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
DIGITS_ONLY = re.compile(r"[0-9+−-]+")
MOST_LEVELS = 9  # as many as Word has

# What the editor itself writes; anything else has come from elsewhere.
OWN_TAG = re.compile(
    r'</?(?:p|strong|em|b|i|ul|ol|li|h3|h4)>|<br ?/?>|<ol start="\d{1,5}">|<a href="(?P<href>[^"<>]*)">|</a>'
)
ANY_TAG = re.compile(r"<[A-Za-z/!?]")
NO_BREAK = r"(?:&nbsp;|\xa0)"
ODD_TEXT = re.compile(
    rf"[\u00ad\u200b\u2060\ufeff]|&shy;|{NO_BREAK}(?:\s|{NO_BREAK})|\s{NO_BREAK}"
    rf"|<p>\s*(?:<(?:strong|em|b|i)>)*\s*[{BULLETS}]"
)


def cleaned(html, is_link):
    """The HTML with nothing but the editor's own blocks, lists, bold, italic and links; unchanged when it has no other.

    No word is lost, but words that were marked as deleted, comments in the margin and hidden text. `is_link(address)`
    says which links stay; others leave their words. Cleaning twice changes nothing.
    """
    if not ANY_TAG.search(html) or not _is_foreign(html, is_link):
        return html
    reader = _Blocks(is_link)
    reader.feed(_READER.clean(html))
    reader.close()
    reader.end_block()
    return serialised(reader.blocks)


def unwrapped(address):
    """The address that a redirect of Google or a “safe link” of Outlook leads to; "" for what is no address at all."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    is_google = re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) and parts.path == "/url"
    names = ("q", "url") if is_google else ("url",) if host.endswith(".safelinks.protection.outlook.com") else ()
    values = parse_qs(parts.query)
    inner = next((values[name][0] for name in names if name in values), "")
    return inner if inner.startswith(("https://", "http://", "mailto:")) else address


def _is_foreign(html, is_link):
    if ANY_TAG.search(OWN_TAG.sub("", html)) or ODD_TEXT.search(html):
        return True
    addresses = (match["href"].replace("&amp;", "&") for match in OWN_TAG.finditer(html) if match["href"] is not None)
    return any(not is_link(address) or unwrapped(address) != address for address in addresses)


class _Blocks(HTMLParser):
    """Reads well-formed HTML into `blocks`, one after the other."""

    def __init__(self, is_link):
        super().__init__(convert_charrefs=True)
        self.is_link = is_link
        self.blocks = []
        self.block = None
        self.marks = [Run("")]  # a run without words for each open element: how its words look
        self.inside = []  # the open elements: (tag, what it is to the reader)
        self.lists = []  # open lists: [tag, id, start]
        self.items = []  # ids of open list items
        self.rows = []  # open tables: [has the row words yet, does a new cell begin]
        self.kind = "p"
        self.word_level = None
        self.marker = None
        self.hidden = 0
        self.ids = 0

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        style, names = values.get("style") or "", values.get("class") or ""
        if tag == "br":
            self.line_break()
            return
        if tag == "hr":
            self.end_block()
            return
        role = "hidden" if HIDDEN_CLASS.search(names) or HIDDEN_STYLE.search(style) else ""
        if role:
            self.hidden += 1
        elif tag in INLINE and WORD_MARKER.search(style) and self.word_level is not None:
            role, self.marker = "marker", ""
        self.inside.append((tag, role))
        self.marks.append(self.look(tag, style, values))
        if tag not in INLINE:
            self.start_block(tag, style, names, values)

    def handle_endtag(self, tag):
        if not self.inside:
            return
        opened, role = self.inside.pop()
        self.marks.pop()
        if role == "hidden":
            self.hidden -= 1
        elif role == "marker":
            self.finish_marker()
        if opened not in INLINE:
            self.finish_block(opened)

    def handle_data(self, data):
        if self.hidden:
            return
        data = data.translate(UNSEEN)
        if self.marker is not None:
            self.marker += data
            return
        tag = self.inside[-1][0] if self.inside else ""
        if tag in ("sup", "sub") and DIGITS_ONLY.fullmatch(data.strip()):
            data = data.translate(RAISED if tag == "sup" else LOWERED)
        if not data.strip():
            if self.block is not None:
                self.block.runs.append(self.marks[-1].saying(data))
            return
        self.open_block()
        self.block.runs.append(self.marks[-1].saying(data))

    def look(self, tag, style, values):
        """How words inside this element look: bold, italic, linked, as in the elements around unless it says other."""
        mark = self.marks[-1]
        weight, slope = WEIGHT.findall(style), SLOPE.findall(style)
        bold = tag in ("b", "strong") or mark.bold
        if weight:
            # Google Docs wraps everything in <b style="font-weight:normal">.
            value = weight[-1].lower()
            bold = value == "bold" or (value.isdigit() and int(value) >= 600)
        italic = tag in ("i", "em") or mark.italic
        if slope:
            italic = slope[-1].lower() != "normal"
        href = mark.href
        if tag == "a":
            address = unwrapped(values.get("href") or "")
            href = address if self.is_link(address) else ""
        return Run("", bold, italic, href)

    def start_block(self, tag, style, names, values):
        if tag in ("td", "th"):
            if self.rows:
                self.rows[-1][1] = True
            return
        if self.rows and self.rows[-1][1] and tag in ("p", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6"):
            return  # the first paragraph of a cell goes on in the row's line
        self.end_block()
        if tag == "table":
            self.rows.append([False, False])
        elif tag == "tr" and self.rows:
            self.rows[-1] = [False, False]
        elif tag in LISTS:
            start = values.get("start") or ""
            self.lists.append([LISTS[tag], self.new_id(), int(start) if start.isascii() and start.isdigit() else 1])
        elif tag == "li":
            level = values.get("data-aria-level") or ""
            self.items.append((self.new_id(), int(level) if level.isascii() and level.isdigit() else 0))
        elif tag in HEADINGS:
            self.kind = HEADINGS[tag]
        elif tag == "p":
            self.kind = next((kind for name, kind in WORD_HEADINGS.items() if name in names.split()), "p")
            level = WORD_LIST.search(style)
            self.word_level = int(level[1]) if level else None

    def finish_block(self, tag):
        if tag in ("td", "th"):
            return
        if self.rows and tag in ("p", "div") and self.block is not None and tag != "table":
            self.block.is_done = True  # what follows in the same cell is a line of its own
            return
        self.end_block()
        if tag == "table" and self.rows:
            self.rows.pop()
        elif tag in LISTS and self.lists:
            self.lists.pop()
        elif tag == "li" and self.items:
            self.items.pop()
        elif tag in HEADINGS or tag == "p":
            self.kind, self.word_level = "p", None

    def open_block(self):
        """A block for the words that come, if none is open; in a table, with the mark between two cells."""
        if self.rows:
            has_words, is_new_cell = self.rows[-1]
            if self.block is not None and has_words and is_new_cell:
                said = self.block.text().rstrip()
                mark = " " if said.endswith((".", ":", ";", "!", "?")) else "; " if self.block.cells else ": "
                self.block.runs.append(Run(mark))
                self.block.cells += 1
                self.block.is_done = False
            elif self.block is not None and self.block.is_done:
                self.end_block()
            self.rows[-1] = [True, False]
        if self.block is not None:
            return
        self.block = Block(self.kind)
        if self.word_level is not None:
            self.block.kind, self.block.level, self.block.item = "p", self.word_level, self.new_id()
        elif self.items:
            item, level = self.items[-1]
            tag, list_id, start = self.lists[-1] if self.lists else ("ul", 0, 1)
            self.block.kind = "p"
            self.block.level = level or max(1, len(self.lists))
            self.block.item, self.block.list_tag = item, tag
            self.block.list_id, self.block.start = list_id, start

    def finish_marker(self):
        text, self.marker = " ".join(self.marker.split()), None
        self.open_block()
        number = NUMBERED.match(text)
        self.block.list_tag = "ol" if number else "ul"
        self.block.start = int(number[1]) if number and number[1] else 1

    def line_break(self):
        if self.block is None or self.hidden or self.marker is not None:
            return
        self.block.runs.append(self.marks[-1].saying("\n", is_break=True))

    def end_block(self):
        if self.block is None:
            return
        block, self.block = self.block, None
        bullet = TYPED_BULLET.match(block.text().lstrip(" \t\r\n"))
        while bullet and block.kind == "p":
            block.drop_start(bullet.group())
            if not block.level:
                block.level, block.item = 1, self.new_id()
                block.list_tag = "ol" if bullet["number"] else "ul"
                block.start = int(bullet["number"] or 1)
            bullet = TYPED_BULLET.match(block.text().lstrip(" \t\r\n"))
        block.level = min(block.level, MOST_LEVELS)
        self.blocks += block.parts()

    def new_id(self):
        self.ids += 1
        return self.ids
