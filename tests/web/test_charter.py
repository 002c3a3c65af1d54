"""The charter's pages: read by anybody, amended by a form that is the charter itself, refused with all that was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from tests.cast import Cast, at, fresh, signed_in
from tests.standards.test_charter import GOSSIP, SPAM, decided, proposed, settled

from palaver.ballots.models import Ballot, Elector
from palaver.standards import adopting, amending, charter
from palaver.standards.models import Amendment, CharterSetting

PROPOSE = "/charter/amendments/propose"


def form(**changed: str) -> dict[str, Any]:
    """The form as it is filled when it is opened, with some fields typed anew (`spam__rule` for `spam:rule`)."""
    fields: dict[str, Any] = {
        "base": str(charter.latest().version),
        "title": "Shorter",
        "because": "It is long.",
        "days": "7",
    }
    for row in charter.latest().standards:
        fields |= {f"{row.key}:title": row.title, f"{row.key}:rule": row.rule}
        fields |= {f"{row.key}:breaks": row.breaks, f"{row.key}:keeps": row.keeps, f"{row.key}:kinds": list(row.kinds)}
        fields |= {f"{row.key}:openable": "on"} if row.is_openable else {}
        fields |= {f"{row.key}:hosts": "on"} if row.for_hosts else {}
    return fields | {name.replace("__", ":"): value for name, value in changed.items()}


def test_a_guest_reads_the_charter_its_versions_and_what_changed(cast: Cast) -> None:
    ana = settled(cast)[0]
    amendment = proposed(ana, SPAM, GOSSIP)
    amending.put_to_ballot(amendment, by=ana)
    decided(amendment, pro=6, contra=0)
    page = Client().get("/charter").content.decode()
    assert all(row.title in page for row in charter.in_force().standards)
    assert "Version 2 is adopted and comes into force on" in page
    with at(charter.latest().effective_at + timedelta(seconds=1)):
        assert "No gossip" in Client().get("/charter").content.decode()
    changes = Client().get("/charter/1/2").content.decode()
    assert "<ins>Sell nothing here</ins>" in changes.replace("\n", "") or "Sell" in changes
    assert changes.count('data-act="add"') == 1
    assert [Client().get(f"/charter/{n}").status_code for n in (1, 2, 3)] == [200, 200, 404]
    assert Client().get("/charter/1/9").status_code == 404


def test_the_form_makes_an_amendment_out_of_what_was_changed_and_nothing_else(cast: Cast) -> None:
    client = signed_in(settled(cast)[0])
    page = client.get(PROPOSE).content.decode()
    assert page.count('class="standard-form"') == 10
    looked = client.post(PROPOSE, form(spam__rule="Sell nothing.", preview="1"))
    assert looked.status_code == 200
    assert "Nothing is sent yet." in looked.content.decode()
    assert looked.content.decode().count('class="redline"') == 1
    assert not Amendment.objects.exists()
    sent = client.post(
        PROPOSE,
        form(
            spam__rule="Sell nothing.",
            threats__drop="on",
            added__title="No gossip",
            added__rule="None.",
            added__kinds="post",
        ),
    )
    row = Amendment.objects.get()
    assert sent.headers["Location"] == f"/charter/amendments/{row.pk}"
    assert [(one.act, one.key) for one in row.changes.order_by("pk")] == [
        ("drop", "threats"),
        ("change", "spam"),
        ("add", "no-gossip"),
    ]
    assert client.get(f"/t/{row.thread_id}/{row.thread.slug}").status_code == 200  # type: ignore[union-attr]


def test_what_is_wrong_in_the_form_is_said_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = signed_in(settled(cast)[0])
    for changed, status, sentence in (
        ({}, 422, "This changes nothing yet"),
        ({"spam__rule": "Sell nothing.", "spam__title": " "}, 422, "needs a title"),
        ({"spam__rule": "Sell nothing.", "days": "99"}, 422, "within 60 days"),
        ({"spam__rule": "Sell nothing.", "because": ""}, 422, "Say why"),
        ({"spam__rule": "Sell nothing.", "base": "77"}, 422, "out of date"),
        ({"spam__rule": "Sell nothing.", "added__title": "Gossip"}, 422, "needs its rule"),
    ):
        answer = client.post(PROPOSE, form(**changed))
        page = answer.content.decode()
        assert (answer.status_code, sentence in page) == (status, True), (changed, status)
        assert changed.get("spam__rule", "It is long.") in page
    assert not Amendment.objects.exists()


def test_a_form_opened_before_another_amendment_was_adopted_says_so_and_keeps_the_text(cast: Cast) -> None:
    ana, bram, *_others = settled(cast)
    old = form(spam__rule="My words about selling.")
    amendment = proposed(ana)
    amending.put_to_ballot(amendment, by=ana)
    decided(amendment, pro=6, contra=0)
    answer = signed_in(bram).post(PROPOSE, old)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed since version 1 in the same place: No spam" in page
    assert "My words about selling." in page
    assert 'name="base" value="2"' in page


def test_an_amendment_is_put_to_the_ballot_and_vetoed_on_its_page(cast: Cast) -> None:
    ana, bram, *_others = settled(cast)
    amendment = proposed(ana)
    path = f"/charter/amendments/{amendment.pk}"
    page = signed_in(ana).get(path).content.decode()
    assert "Open the ballot" in page
    assert "Open the ballot" not in signed_in(bram).get(path).content.decode()
    assert signed_in(bram).post(path, {"act": "ballot"}).status_code == 403
    assert signed_in(ana).post(path, {"act": "ballot"}).status_code == 302
    assert Elector.objects.filter(ballot=Ballot.objects.get()).count() == 12
    assert signed_in(ana).post(path, {"act": "nonsense"}).status_code == 422
    odile = signed_in(cast.odile)
    assert odile.post(path, {"act": "veto", "reason": ""}).status_code == 422
    assert odile.post(path, {"act": "veto", "reason": "Trade law, section 5."}).status_code == 302
    page = Client().get(path).content.decode()
    assert "Vetoed for law." in page
    assert "Trade law, section 5." in page


def test_words_of_members_are_shown_and_never_run(cast: Cast) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    ana = settled(cast)[0]
    amendment = proposed(
        ana, SPAM._replace(title=f"T {evil}", rule=evil, breaks=evil, keeps=evil), title=f"A {evil}", because=evil
    )
    ballot = amending.put_to_ballot(amendment, by=ana)
    paths = [
        f"/charter/amendments/{amendment.pk}",
        "/charter/amendments/",
        "/charter",
        f"/ballots/{ballot.pk}",
        "/charter/amendments.atom",
    ]
    decided(amendment, pro=6, contra=0)
    for path in [*paths, "/charter/2", "/charter/1/2", "/record"]:
        page = Client().get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_in_the_founding_time_an_operator_adopts_by_the_form_and_the_desk_says_so(cast: Cast) -> None:
    assert cast.lounge
    odile, kitchen = signed_in(cast.odile), cast.kitchen
    assert "Adopt text as founder" in odile.get("/charter").content.decode()
    assert odile.post("/charter/adopt", form(spam__rule="Sell nothing.", because="Shorter.")).status_code == 302
    assert (charter.in_force().version, charter.in_force().how) == (2, "founders")
    assert "Founders’ text" in Client().get("/charter").content.decode()
    assert odile.post("/desk/charter", {"act": "settle", "forum": str(kitchen.pk)}).status_code == 302
    assert CharterSetting.objects.get().forum == kitchen
    assert amending.forum_for_amendments() == kitchen
    assert odile.post("/desk/charter", {"act": "settle", "forum": str(cast.den.pk)}).status_code == 422
    settled(cast)
    assert odile.get("/charter/adopt").status_code == 403
    ballot = adopting.confirm_due()
    assert ballot is not None
    assert f"/ballots/{ballot.pk}" in Client().get("/charter").content.decode()
    assert fresh(ballot).title in Client().get(f"/ballots/{ballot.pk}").content.decode()
