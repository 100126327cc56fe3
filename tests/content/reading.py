"""Reading HTML in tests as a browser would."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "b", "bdi", "em", "i", "mark", "span", "strong", "sup"}


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


def by_class(root, name):
    """Elements of that class, in the order of the page."""
    return [element for element in root.iter() if name in element.attrib.get("class", "").split()]


def links(element):
    """Addresses of all links inside."""
    return [link.attrib.get("href", "") for link in element.iter("a")]


def structured(root):
    """The page's JSON-LD blocks."""
    return [
        json.loads(element.text)
        for element in root.iter("script")
        if element.attrib.get("type") == "application/ld+json"
    ]


def form_data(root):
    """What a browser would send back from the admin form of a page, without any button."""
    data = {}
    form = next(element for element in root.iter("form") if element.attrib.get("id", "").endswith("_form"))
    for element in form.iter():
        name, kind = element.attrib.get("name"), element.attrib.get("type", "text")
        if name is None or "__prefix__" in name:
            continue
        if element.tag == "textarea":
            # A textarea's first line break belongs to the markup.
            data[name] = (element.text or "").removeprefix("\n")
        elif element.tag == "select":
            data[name] = [option.attrib["value"] for option in element.iter("option") if "selected" in option.attrib]
        elif element.tag == "input" and kind not in ("submit", "file"):
            if kind not in ("checkbox", "radio"):
                data[name] = element.attrib.get("value", "")
            elif "checked" in element.attrib:
                data.setdefault(name, []).append(element.attrib.get("value", "on"))
    return data


def change_url(record):
    """Address of a record's form in the admin."""
    return f"/admin/content/{record._meta.model_name}/{record.pk}/change/"


def listed_problems(root):
    """(link, sentence) pairs of what stands between a draft and the public."""
    return [
        (link.attrib["href"], Soup.text(link)) for box in by_class(root, "draft-problems") for link in box.iter("a")
    ]
