from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=255, required=False)
    text = forms.CharField(label=_("Your reply"), widget=forms.Textarea(attrs={"rows": 8}))
