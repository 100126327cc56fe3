"""Rich text: one definition for the editor and for the sanitiser that stands behind every door."""

from django_prose_editor.fields import ProseEditorField, create_sanitizer

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto", "tel"]},
    "Heading": {"levels": [3, 4]},
}

sanitise = create_sanitizer(EXTENSIONS)


class RichTextField(ProseEditorField):
    """HTML that is sanitised whenever it is written: by a form, save(), bulk_create() or update()."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, extensions=dict(EXTENSIONS), sanitize=True)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value is None else sanitise(value)
