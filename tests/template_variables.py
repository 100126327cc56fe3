"""Finds variables that our templates name and nobody gave them. Django itself prints nothing in their place.

Django tells its `django.template` logger about each, with the exception but without the place; the place is the
innermost template node on the stack. What stands in another project's template is that project's habit, not ours.
"""

import logging
import sys
from collections.abc import Mapping

from django.conf import settings
from django.forms import BaseForm
from django.template.base import Node, VariableDoesNotExist, VariableNode
from django.template.context import BaseContext
from django.template.defaulttags import FirstOfNode, IfNode

OUR_TEMPLATES = str(settings.BASE_DIR / "templates")
# Filters that say what to show when there is no value.
WITH_A_DEFAULT = {"default", "default_if_none"}
MESSAGE = "Exception while resolving variable '%s' in template '%s'."


class MissingVariables(logging.Filter):
    def __init__(self):
        super().__init__()
        self.found = []

    def filter(self, record):
        if record.msg == MESSAGE and is_silent(record.exc_info[1]):
            node, holder = where()
            if node is not None and node.origin.name.startswith(OUR_TEMPLATES) and not optional(node, holder):
                place = node.origin.name.removeprefix(OUR_TEMPLATES + "/")
                self.found.append(f"{place}:{node.token.lineno}: {record.args[0]}")
        return False

    def take(self):
        taken, self.found = self.found, []
        return taken


def is_silent(error):
    """Whether Django goes on as if nothing had happened; any other error stops the page by itself."""
    return isinstance(error, VariableDoesNotExist) or getattr(error, "silent_variable_failure", False)


def where():
    """The template node that is being rendered, and the object in which the name was not found."""
    frame, holder = sys._getframe(), None
    while frame is not None:
        if holder is None and frame.f_code.co_name == "_resolve_lookup":
            holder = frame.f_locals["current"]
        subject = frame.f_locals.get("self")
        if isinstance(subject, Node):
            # The template's outermost node has no place of its own.
            return (subject if getattr(subject, "origin", None) else None), holder
        frame = frame.f_back
    return None, holder


def optional(node, holder):
    """`{% if flag %}` and `{{ word|default:"" }}` are how a template asks for what may be absent.

    That is a name of the context, a key of a mapping or a field of a form. An attribute is no such case: whoever writes
    `{% if page.tittle %}` meant something.
    """
    if not isinstance(holder, BaseContext | BaseForm | Mapping):
        return False
    if isinstance(node, IfNode | FirstOfNode):
        return True
    return isinstance(node, VariableNode) and any(
        function.__name__ in WITH_A_DEFAULT for function, _ in node.filter_expression.filters
    )


def watch():
    watcher = MissingVariables()
    logger = logging.getLogger("django.template")
    logger.setLevel(logging.DEBUG)
    logger.addFilter(watcher)
    return watcher
