"""allauth's forms in our words: labels and help that say what a member needs to know, once."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from palaver.accounts import applying, inviting
from palaver.accounts.models import Member
from palaver.community.models import Community
from palaver.web.accounts.adapter import APPLIED, invitation_of
from palaver.web.standing import standing

_PASSWORD = _("At least 10 characters, not one of the common ones, and not like your name.")
_LABELS = {
    "login": _("Name or e-mail address"),
    "password": _("Password"),
    "password1": _("Password"),
    "password2": _("The same once more"),
    "oldpassword": _("Your password until now"),
    "email": _("E-mail address"),
    "remember": _("Stay signed in on this device"),
}


def _say(form: forms.Form) -> None:
    """Our labels; no placeholder that repeats them; help in one plain sentence."""
    for name, field in form.fields.items():
        field.label = _LABELS.get(name, field.label)
        field.widget.attrs.pop("placeholder", None)
        field.help_text = _PASSWORD if name == "password1" else ""


class SignIn(LoginForm):  # type: ignore[misc]
    """Name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class SignUp(SignupForm):  # type: ignore[misc]
    """Name, password, and an address where mail can be sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)
        name = self.fields["username"]
        name.label = _("Name")
        name.help_text = _("As it stands beside your posts. Letters of any script, digits, spaces, - . _")
        name.max_length = 40
        name.widget.attrs["autocomplete"] = "username"
        if applies():
            self.fields["answer"] = forms.CharField(
                label=applying.question(),
                help_text=_("Operators read it before they let you in. Nobody else does."),
                max_length=applying.LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            )
        if "email" in self.fields:
            self.fields["email"].help_text = (
                _("We send one message there to make sure that it is yours.")
                if settings.PALAVER_MAIL_URL
                else _("Only for a lost password. This installation sends no mail yet, so nothing will arrive for now.")
            )

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """Save, or do the same as if: what is seen from outside must not tell whether an address is a member's."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # It takes as long.
            invitation = invitation_of(request)
            if invitation is not None:
                inviting.spend(invitation)
            elif applies():
                get_adapter(request).send_account_already_exists_mail(self.cleaned_data["email"])
                return None, redirect(APPLIED)
        saved: tuple[Member | None, HttpResponse | None] = super().try_save(request)
        return saved


def applies() -> bool:
    """Whether whoever fills in the sign-up form asks to be let in."""
    return invitation_of(context.request) is None and standing().about.sign_up == Community.SignUp.APPROVAL


class ForgottenPassword(ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class NewPassword(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, chosen through the link of a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class ChangedPassword(ChangePasswordForm):  # type: ignore[misc]
    """A new password, chosen by someone who knows the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class FirstPassword(SetPasswordForm):  # type: ignore[misc]
    """A password for an account that has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)


class Address(AddEmailForm):  # type: ignore[misc]
    """One more address of one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self)
