"""Addresses that anybody may open, signed in or not, each with the reason. Every other view names its `permission`.

A key is the name of an address (`reverse(name)`), or its route when it has none. tests/architecture/test_addresses.py
holds that each address of the site is either here or on a view with a `permission`.
"""

from __future__ import annotations

_OWN_ACCOUNT = "allauth lets only the signed-in member in, and touches their own account alone"

PUBLIC: dict[str, str] = {
    "account_login": "guests sign in here",
    "account_signup": "guests become members here",
    "account_logout": "whoever is signed in may leave; others are sent to the front page",
    "account_inactive": "says that an account has been closed",
    "account_confirm_login_code": "asks for the code that a guest was sent",
    "account_reset_password": "a member who has forgotten the password is a guest",
    "account_reset_password_done": "says that a mail is on its way, whether or not it is",
    "account_reset_password_from_key": "the key in the link is the permission",
    "account_reset_password_from_key_done": "says that the password has been changed",
    "account_confirm_email": "the key in the link is the permission",
    "account_email_verification_sent": "says that a mail is on its way",
    "account_email": _OWN_ACCOUNT,
    "account_change_password": _OWN_ACCOUNT,
    "account_set_password": _OWN_ACCOUNT,
    "account_reauthenticate": _OWN_ACCOUNT,
}
