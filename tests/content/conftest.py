"""Reading HTML in tests as a browser would."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "b", "em", "i", "span", "strong", "sup"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = ElementTree.Element("root")
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = ElementTree.SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        ElementTree.SubElement(self.open[-1], tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag):
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                del self.open[index:]
                break

    def handle_data(self, data):
        parent = self.open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


class Soup:
    @staticmethod
    def parse(html):
        """An ElementTree element named “root” around everything in the HTML."""
        reader = Reader()
        reader.feed(html)
        reader.close()
        return reader.root

    @staticmethod
    def text(element):
        """Its words, those of blocks apart, white space as one blank."""
        parts = []

        def read(node):
            edge = "" if node.tag in INLINE else " "
            parts.extend([edge, node.text or ""])
            for child in node:
                read(child)
                parts.append(child.tail or "")
            parts.append(edge)

        read(element)
        return " ".join("".join(parts).split())


@pytest.fixture
def soup():
    return Soup
