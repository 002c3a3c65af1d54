from __future__ import annotations

from pathlib import Path

import pytest

from palaver.forums.models import Forum, Post, Thread
from palaver.transfer.redirecting import target
from tests.transfer.making import discourse, folder, post, topic

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thread(tmp_path: Path) -> Thread:
    link = '<a href="/c/village/green-things/4">there</a>'
    discourse(folder(tmp_path / "a", topic(6683, post(1, text=link), post(5, 2))))
    return Thread.objects.get()


@pytest.mark.parametrize(
    "path", ["/t/the-well/6683", "/t/the-well/6683/", "/t/6683", "/t/renamed-since/6683", "/t/-/6683"]
)
def test_an_old_address_of_a_thread_leads_to_it(thread: Thread, path: str) -> None:
    assert target(path) == f"/t/{thread.pk}/{thread.slug}"


@pytest.mark.parametrize("path", ["/t/the-well/6683/5", "/t/6683/5", "/p/6683005"])
def test_an_old_address_of_a_post_leads_to_the_post(thread: Thread, path: str) -> None:
    assert target(path) == f"/t/{thread.pk}/post/5"


def test_a_number_that_is_no_post_leads_to_the_thread(thread: Thread) -> None:
    assert target("/t/the-well/6683/99") == f"/t/{thread.pk}/{thread.slug}"


def test_old_addresses_of_people_and_places_lead_to_theirs(thread: Thread) -> None:
    assert target("/u/ANA/summary") == "/m/Ana"
    assert target("/c/village/green-things/4") == target("/c/4") == f"/f/{Forum.objects.get().slug}/"


@pytest.mark.parametrize(
    "path",
    ["", "/", "/t/x/1", "/u/nobody", "/p/1", "/c/9", "/t/" + "x" * 5000, "/t/a\x00/6683", "//evil.example/t/x/6683"],
)
def test_what_was_no_address_leads_nowhere(thread: Thread, path: str) -> None:
    assert target(path) is None


def test_a_target_never_leaves_this_site(thread: Thread) -> None:
    assert Post.objects.exists()
    for path in ("/t/the-well/6683", "/u/ana", "/c/4", "/p/6683001"):
        found = target(path)
        assert found is not None and found.startswith("/") and not found.startswith("//")
