"""The sign-up form: allauth's, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class SignUp(SignupForm):  # type: ignore[misc]
    """Name, password, and an address where mail can be sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.label = _("Name")
        name.help_text = _("As it stands beside your posts. Letters of any script, digits, spaces, - . _")
        name.max_length = 40
        name.widget.attrs.pop("placeholder", None)
        name.widget.attrs["autocomplete"] = "username"
        for key in ("email", "password1"):
            if key in self.fields:
                self.fields[key].widget.attrs.pop("placeholder", None)
        if "email" in self.fields:
            self.fields["email"].help_text = (
                _("We send one message there to make sure that it is yours.")
                if settings.PALAVER_MAIL_URL
                else _("Only for a lost password. This installation sends no mail yet, so nothing will arrive for now.")
            )
