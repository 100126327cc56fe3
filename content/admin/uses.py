"""Where this is used: said beside every draft, so that nobody takes away what other pages stand on."""

from content.editing.where_used import where_flag_used, where_used
from content.models import RedFlag


class WhereUsed:
    """A mixin of DraftAdmin."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        uses = ()
        if obj is not None and obj.pk:
            uses = where_flag_used(obj) if isinstance(obj, RedFlag) else where_used(obj.page_ptr)
        context |= {"uses": uses, "live_uses": sum(use.is_live for use in uses)}
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)
