"""Controls of a form as the pages draw them; ``_field.html`` puts them together."""

from django import template
from django.forms import CheckboxInput, RadioSelect, Select, Textarea

register = template.Library()


def warning_of(field):
    """What asks for a second look at this field, if anything."""
    return getattr(field.form, "warnings", {}).get(field.name)


@register.filter
def is_choices(field):
    return isinstance(field.field.widget, RadioSelect)


@register.filter
def is_tick(field):
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def anchor(field):
    """The id that a link of the error summary goes to."""
    return f"{field.auto_id}_0" if is_choices(field) else field.auto_id


@register.filter
def warning(field):
    return warning_of(field)


@register.filter
def control(field):
    """The widget with its classes, tied to its hint, its error and its warning for screen readers."""
    widget = field.field.widget
    classes = widget.attrs.get("class", "")
    if isinstance(widget, Select) and not isinstance(widget, RadioSelect):
        classes = f"form-select {classes}"
    elif not isinstance(widget, RadioSelect | CheckboxInput):
        classes = f"form-control {classes}"
    attrs = {"class": classes.strip()} if classes.strip() else {}
    described = [
        f"{field.auto_id}_{part}"
        for part, there in [("helptext", field.help_text), ("error", field.errors), ("warning", warning_of(field))]
        if there
    ]
    if described and not isinstance(widget, RadioSelect):
        attrs["aria-describedby"] = " ".join(described)
    if not isinstance(widget, Textarea | RadioSelect | CheckboxInput | Select):
        attrs["autocomplete"] = widget.attrs.get("autocomplete", "off")
    return field.as_widget(attrs=attrs)


@register.filter
def summary(form):
    """What stands on top of a form that was not saved: errors and doubts in the order of the page.

    ``lines`` are ``(field, text, must)``; ``words`` says how many must be mended and looked at.
    """
    lines = [(None, text, True) for text in form.non_field_errors()]
    for field in form:
        lines += [(field, text, True) for text in field.errors]
        found = warning_of(field)
        if found and found.code in getattr(form, "unconfirmed", ()):
            lines.append((field, found.text, False))
    must = sum(line[2] for line in lines)
    counted = [(must, "chỗ phải sửa"), (len(lines) - must, "chỗ cần xem lại")]
    return {"lines": lines, "words": ", ".join(f"{n} {words}" for n, words in counted if n)}
