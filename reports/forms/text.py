"""The form for the words of one section."""

from django import forms

from reports.models.report import check_text


class TextForm(forms.Form):
    text = forms.CharField(
        label="Lời văn", required=False, widget=forms.Textarea(attrs={"rows": 14, "class": "form-control"}), validators=[check_text],
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self):
        return self.cleaned_data["version"] or 0
