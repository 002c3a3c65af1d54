"""What the pages of the front door are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from palaver.web.contexts import Field, Link, Moment, Pager


@dataclass(frozen=True, slots=True)
class HousePage:
    """`house/page.html`: what the operators wrote, and what the software itself can say to it (`part`, a template)."""

    title: str
    body: Markup
    part: str = ""
    changed: Moment | None = None
    edit_href: str = ""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """`house/contact.html`: `trap` is the name of a field that people leave empty."""

    fields: tuple[Field, ...]
    trap: str
    error: str = ""
    mail: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """An inquiry in the desk's list."""

    subject: str
    href: str
    who: str
    at: Moment
    answered: bool


@dataclass(frozen=True, slots=True)
class InquiriesPage:
    """`desk/inquiries.html`: those that wait, then those that were answered."""

    rows: tuple[InquiryRow, ...]
    waiting: int
    pager: Pager


@dataclass(frozen=True, slots=True)
class InquiryPage:
    """`desk/inquiry.html`: one inquiry, and the form that answers it or the answer that went out."""

    subject: str
    who: str
    email: str
    at: Moment
    text: str
    action: str
    answer: str = ""
    answered: Moment | None = None
    error: str = ""
    unsent: str = ""


@dataclass(frozen=True, slots=True)
class HousePageRow:
    """One of the pages that the operators write."""

    page: Link
    edit: Link
    state: str


@dataclass(frozen=True, slots=True)
class HousePagesPage:
    """`desk/house_pages.html`."""

    rows: tuple[HousePageRow, ...]


@dataclass(frozen=True, slots=True)
class HousePageForm:
    """`desk/house_page.html`: the Markdown of a page, with a preview when it was asked for."""

    title: str
    href: str
    action: str
    text: str
    maximum: int
    error: str = ""
    preview: Markup | None = None
