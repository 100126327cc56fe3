"""Two editors at once: a form never overwrites what somebody else saved meanwhile."""

from django_prose_editor.widgets import ProseEditorWidget

from clinic import version_check
from content.models import Page
from content.rich_text import sanitise
from content.wording import END_OF_BLOCK, plain


class VersionCheck(version_check.VersionCheck):
    """A mixin of DraftAdmin: rich text is compared as words, and pages know from their versions who saved last."""

    @property
    def keeps_history(self):
        return issubclass(self.model, Page)

    def readable(self, form_field, value):
        if isinstance(form_field.widget, ProseEditorWidget) and value:
            return words_by_block(sanitise(str(value)))
        return super().readable(form_field, value)

    def last_saved(self, request, obj):
        user, at = super().last_saved(request, obj)
        version = obj.versions.select_related("by").first() if self.keeps_history else None
        if version is not None and (at is None or version.created_at > at):
            return version.by, version.created_at
        return user, at


def words_by_block(html):
    """The words of rich text, each block on a line of its own; a list's points begin with a dash."""
    broken = END_OF_BLOCK.sub("\n", html.replace("<li>", "<li>- "))
    return "\n".join(line for line in (plain(line) for line in broken.split("\n")) if line)
