"""Blocks of words in a row, and how they are written as the editor writes them. Pure."""

import dataclasses
import re
from dataclasses import dataclass, field
from html import escape

from content.wording import is_blank

SPACE = re.compile(r"[ \t\r\n\f\v]+")
NO_BREAK_RUN = re.compile(r"(?:\xa0[\s\xa0]+|[ \t\r\n]+\xa0)[\s\xa0]*")


@dataclass(frozen=True)
class Run:
    """Words that look alike; `is_break` is a new line inside a block."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    is_break: bool = False

    def saying(self, text, *, is_break=False):
        return dataclasses.replace(self, text=text, is_break=is_break)

    @property
    def tags(self):
        """Its elements from the outside in, in the editor's order."""
        link = [("a", f'<a href="{escape(self.href)}">')] if self.href else []
        return link + [("strong", "<strong>")] * self.bold + [("em", "<em>")] * self.italic


@dataclass
class Block:
    """A paragraph, heading (`kind`) or, with a `level` from 1, a paragraph of the list item `item`."""

    kind: str
    runs: list = field(default_factory=list)
    level: int = 0
    item: int = 0
    list_tag: str = "ul"
    list_id: int = 0
    start: int = 1
    cells: int = 0
    is_done: bool = False

    def text(self):
        return "".join(run.text for run in self.runs)

    def drop_start(self, start):
        """Take these characters off its beginning, and the space before them."""
        left = len(self.text()) - len(self.text().lstrip(" \t\r\n")) + len(start)
        kept = []
        for run in self.runs:
            cut = min(left, len(run.text))
            left -= cut
            if run.text[cut:]:
                kept.append(run.saying(run.text[cut:], is_break=run.is_break))
        self.runs = kept

    def parts(self):
        """It, or several where empty lines stand inside; none when it shows nothing. White space is tidied."""
        groups, breaks = [[]], 0
        for run in _tidied(self.runs):
            breaks = breaks + 1 if run.is_break else 0 if run.text.strip() else breaks
            if breaks < 2:
                groups[-1].append(run)
            elif groups[-1]:
                groups.append([])
        blocks = (dataclasses.replace(self, runs=_trimmed(group)) for group in groups)
        return [block for block in blocks if not is_blank(block.text())]


def serialised(blocks):
    """The blocks as HTML: lists nested by level, the words of one item together."""
    html, lists = [], []  # `lists`: the open ones as [level, tag, id, item, number of its last item]
    for block in blocks:
        _close(html, lists, block)
        if block.level:
            _open_item(html, lists, block)
            html.append(f"<p>{_inline(block.runs)}</p>")
        else:
            runs = block.runs
            if block.kind != "p":
                runs = [dataclasses.replace(run, bold=False) for run in runs]
            html.append(f"<{block.kind}>{_inline(runs)}</{block.kind}>")
    _close(html, lists, None)
    return "".join(html)


def _close(html, lists, block):
    """Close what the next block is no part of. None: everything."""
    if block is not None and block.level and any(entry[3] == block.item for entry in lists):
        while lists[-1][3] != block.item:
            html.append(f"</li></{lists.pop()[1]}>")
        return
    while lists and (block is None or lists[-1][0] > block.level or not _goes_on(lists[-1], block)):
        html.append(f"</li></{lists.pop()[1]}>")


def _goes_on(entry, block):
    level, tag, list_id, _item, number = entry
    if level < block.level:
        return block.level > 0
    same_list = tag == block.list_tag and (tag == "ul" or (list_id and list_id == block.list_id))
    return level == block.level and (same_list or (tag == block.list_tag == "ol" and block.start == number + 1))


def _open_item(html, lists, block):
    if lists and lists[-1][3] == block.item:
        return
    if lists and lists[-1][0] == block.level:
        html.append("</li><li>")
        lists[-1][3] = block.item
        lists[-1][4] += 1
        return
    start = f' start="{block.start}"' if block.list_tag == "ol" and 1 < block.start < 100_000 else ""
    html.append(f"<{block.list_tag}{start}><li>")
    lists.append([block.level, block.list_tag, block.list_id, block.item, block.start])


def _inline(runs):
    html, is_open = [], []
    for run in runs:
        wanted = run.tags
        same = 0
        while same < min(len(is_open), len(wanted)) and is_open[same] == wanted[same]:
            same += 1
        html += [f"</{name}>" for name, _start in reversed(is_open[same:])]
        html += [start for _name, start in wanted[same:]]
        is_open = wanted
        html.append("<br>" if run.is_break else escape(run.text, quote=False))
    html += [f"</{name}>" for name, _start in reversed(is_open)]
    return "".join(html)


def _tidied(runs):
    """Runs that look alike joined, every white space one blank, none beside a line break."""
    joined = []
    for run in runs:
        if joined and not run.is_break and not joined[-1].is_break and joined[-1].tags == run.tags:
            joined[-1] = joined[-1].saying(joined[-1].text + run.text)
        else:
            joined.append(run)
    tidy, was_space = [], True
    for run in joined:
        if run.is_break:
            tidy.append(run)
            was_space = True
            continue
        text = SPACE.sub(" ", NO_BREAK_RUN.sub(" ", run.text))
        if was_space:
            text = text.lstrip(" \xa0")
        if text:
            was_space = text[-1] in " \xa0"
            tidy.append(run.saying(text))
    return tidy


def _trimmed(runs):
    while runs and (runs[0].is_break or not runs[0].text.strip()):
        runs = runs[1:]
    while runs and (runs[-1].is_break or not runs[-1].text.strip()):
        runs = runs[:-1]
    if not runs:
        return []
    first = runs[0].saying(runs[0].text.lstrip())
    runs = [first, *runs[1:]]
    kept = [
        run.saying(run.text.rstrip(" \xa0")) if index + 1 == len(runs) or runs[index + 1].is_break else run
        for index, run in enumerate(runs)
    ]
    return [run for run in kept if run.is_break or run.text]
