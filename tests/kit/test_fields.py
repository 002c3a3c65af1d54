"""Text ordered byte by byte, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from palaver.kit.fields import BytewiseCharField, after

WORDS = ["Zebra", "apple", "Äpfel", "apple pie", "applf", "B", "a", "é", "z", "00_1", "00%1", "0a", "\U0001f600", "~"]


@pytest.fixture
def places(transactional_db: None) -> Iterator[type[models.Model]]:
    with isolate_apps("palaver.kit.due"):

        class Place(models.Model):
            path = BytewiseCharField(max_length=240)

            class Meta:
                app_label = "due"
                db_table = "test_place"
                indexes = [models.Index(fields=["path"], name="test_place_path")]

        with connection.schema_editor() as editor:
            editor.create_model(Place)
        try:
            with transaction.atomic():
                Place.objects.bulk_create([Place(path=word) for word in WORDS])  # type: ignore[attr-defined]
            yield Place
        finally:
            with connection.schema_editor() as editor:
                editor.delete_model(Place)


def test_rows_stand_in_the_order_of_their_bytes(places: type[models.Model]) -> None:
    found = places._default_manager.order_by("path").values_list("path", flat=True)
    assert list(found) == sorted(WORDS, key=str.encode)


@pytest.mark.parametrize("prefix", ["", "a", "apple", "A", "Ä", "00_", "00%", "0", "\U0001f600", "nothing"])
def test_a_prefix_finds_what_begins_with_it(places: type[models.Model], prefix: str) -> None:
    found = places._default_manager.filter(path__prefix=prefix).values_list("path", flat=True)
    assert sorted(found) == sorted(word for word in WORDS if word.startswith(prefix))


def test_a_prefix_uses_the_index(places: type[models.Model]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan TO off")
    plan = places._default_manager.filter(path__prefix="0a").order_by("path").explain()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan")
    assert "test_place_path" in plan
    assert ("path>? AND path<?" in plan) or ("Index Cond" in plan)
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@given(st.text(max_size=5), st.text(max_size=5))
def test_the_end_of_a_prefix_is_where_it_ends(prefix: str, other: str) -> None:
    end = after(prefix)
    for text in (prefix + other, other):
        within = text.encode("utf-8", "surrogatepass") >= prefix.encode("utf-8", "surrogatepass") and (
            end is None or text.encode("utf-8", "surrogatepass") < end.encode("utf-8", "surrogatepass")
        )
        assert within == text.startswith(prefix)


def test_a_migration_names_the_field_alike_on_both_databases() -> None:
    name, path, arguments, options = BytewiseCharField(max_length=240, default="").deconstruct()
    assert (name, path, arguments, options) == (
        None,
        "palaver.kit.fields.BytewiseCharField",
        [],
        {"max_length": 240, "default": ""},
    )
    text, imports = MigrationWriter.serialize(BytewiseCharField(max_length=240))
    assert text == "palaver.kit.fields.BytewiseCharField(max_length=240)"
    assert imports == {"import palaver.kit.fields"}
