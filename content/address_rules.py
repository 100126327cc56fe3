"""Which addresses may become redirects, and which missing ones may be counted. Pure, over plain strings."""

import re

from django.utils.translation import gettext as _

MOST_CHARACTERS = 200
# What a redirect may come from and lead to: plain letters, so that no browser reads another host into it.
PLAIN = re.compile(r"/(?:[A-Za-z0-9_~.-]+/)*[A-Za-z0-9_~.-]*\Z")
# Parts of the site that are programs, not pages: nothing there is ever an old page's address.
OUR_PROGRAMS = frozenset(
    {"admin", "appointments", "helpful", "images", "livez", "media", "readyz", "social", "static", ".well-known"}
)
# Names of pages as people mistype them; what programs try (wp-login.php) is not worth a search.
READABLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,79}")

COUNTED = re.compile(r"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+(?:/|\.html?)?\Z")
# A date, a phone number or the number of a person's record: none is needed to find out which page is missing.
LONG_NUMBER = re.compile(r"\d(?:[-_/]?\d){4}")
WORDS = re.compile(r"[A-Za-z0-9]+")
LONGEST_WORD, LONGEST_MIXED = 20, 6
CAMEL = re.compile(r"[a-z][A-Z]")
# What programs that look for holes ask every site on earth for.
PROBES = re.compile(
    r"/(?:wp|wordpress|wp-[a-z-]+|xmlrpc|phpmyadmin|pma|php|cgi-bin|mysql|sql|db|backups?|bak|vendor|node_modules|owa|ecp"
    r"|autodiscover|actuator|solr|jenkins|console|webdav|api|graphql|v\d|git|svn|env|config|setup|install"
    r"|shell|cmd|eval|login|signin|administrator|joomla|drupal|magento|umbraco|server-status)(?:/|\.html?|\Z)",
    re.IGNORECASE,
)
ROBOTS = re.compile(
    r"bot\b|bot[/ _-]|crawl|spider|slurp|scan|fetch|monitor|preview|validator|facebookexternalhit|embedly|lighthouse"
    r"|curl|wget|python|java/|go-http|okhttp|libwww|perl|ruby|axios|node-|headless|httpclient|http_|censys|nmap|zgrab",
    re.IGNORECASE,
)


def with_last_slash(path):
    """As the site answers: an address without its last slash is led to the one with it; a file's name has none."""
    return path if path.endswith("/") or "." in path.rpartition("/")[2] else f"{path}/"


def is_plain(path):
    """Whether a path within this site is nothing but that: no other host, no query, no dots that climb."""
    return (
        len(path) <= MOST_CHARACTERS
        and bool(PLAIN.match(path))
        and not any(part in (".", "..") for part in path.split("/"))
    )


def plain_problem(path):
    """One sentence on why `path` cannot be an address of this site in a redirect, or ""."""
    if not path.startswith("/"):
        return _("Begin with a slash, without the name of the site: /conditions/lumbago/.")
    if len(path) > MOST_CHARACTERS:
        return _("An address may have at most 200 characters.")
    if "?" in path or "#" in path:
        return _("Leave out everything from the ? or the # on.")
    if not is_plain(path):
        return _("Use letters without accents, digits, and - _ . only, with single slashes between them.")
    return ""


def is_program(path):
    return path.split("/")[1] in OUR_PROGRAMS


def countable(path):
    """Whether an address that leads nowhere may be written down: words that a page could be named by, and no more.

    Nothing that may stand for a person or a secret: no sign but - _ and /, no long number, no long or mixed-up word.
    """
    return (
        len(path) <= MOST_CHARACTERS
        and bool(COUNTED.match(path))
        and not is_program(path)
        and not PROBES.search(path)
        and not LONG_NUMBER.search(path)
        and all(map(_is_word, WORDS.findall(path)))
    )


def _is_word(word):
    if word.isalpha():
        return len(word) <= LONGEST_WORD and len(CAMEL.findall(word)) <= 2
    return len(word) <= LONGEST_MIXED


def is_robot(user_agent):
    """Whether a program says that it is one; people's browsers always say something."""
    return not user_agent.strip() or bool(ROBOTS.search(user_agent))


def words_of_address(path):
    """The words of the last part of an address, for the search box; "" when that is no name of a page."""
    slug = path.rstrip("/").rpartition("/")[2]
    is_name = READABLE.fullmatch(slug) and not path.startswith("/admin/")
    return re.sub(r"[-_]+", " ", slug).strip() if is_name else ""
