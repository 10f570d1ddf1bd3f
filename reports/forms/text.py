"""The form for the words of one section."""

from django import forms


class TextForm(forms.Form):
    text = forms.CharField(
        label="Lời văn", required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 14, "class": "form-control"}),
        error_messages={"max_length": "Phần này dài quá 20.000 chữ cái. Hãy rút gọn, hoặc chuyển bớt sang mục khác."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self):
        return self.cleaned_data["version"] or 0
