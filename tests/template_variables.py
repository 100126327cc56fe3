"""Finds variables that our templates name and nobody gave them. Django itself prints nothing in their place.

Django tells its `django.template` logger about each, with the exception but without the place; the place is the
innermost template node on the stack. What stands in another project's template is that project's habit, not ours.
"""

import logging
import sys

from django.conf import settings
from django.template.base import Node, VariableNode
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
        if record.msg == MESSAGE and getattr(record.exc_info[1], "silent_variable_failure", False):
            node, whole_name = where()
            if node is not None and node.origin.name.startswith(OUR_TEMPLATES) and not optional(node, whole_name):
                place = node.origin.name.removeprefix(OUR_TEMPLATES + "/")
                self.found.append(f"{place}:{node.token.lineno}: {record.args[0]}")
        return False

    def take(self):
        taken, self.found = self.found, []
        return taken


def where():
    """The template node that is being rendered, and the dotted name that it looks up."""
    frame, name = sys._getframe(), ""
    while frame is not None:
        subject = frame.f_locals.get("self")
        if not name and frame.f_code.co_name == "_resolve_lookup":
            name = subject.var
        if isinstance(subject, Node):
            # The template's outermost node has no place of its own.
            return (subject if getattr(subject, "origin", None) else None), name
        frame = frame.f_back
    return None, name


def optional(node, name):
    """`{% if flag %}` and `{{ word|default:"" }}` are how a template asks for what may be absent.

    An attribute is no such case: whoever writes `{% if page.tittle %}` meant something.
    """
    if "." in name:
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
