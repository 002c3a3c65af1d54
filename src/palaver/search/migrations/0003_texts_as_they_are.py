"""On PostgreSQL long documents stand in their rows as they are, not packed.

Unpacking a text takes three times as long as looking for a phrase in it, and long texts are those that hold all words of a
phrase. What was written before stays packed until it is written again; answers do not depend on it.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


def unpacked(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        # Bytes of a row up to which nothing is packed or moved out of it: all of a page.
        schema_editor.execute("ALTER TABLE search_document SET (toast_tuple_target = 8160)")


def packed(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_document RESET (toast_tuple_target)")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_words")]

    operations = [migrations.RunPython(unpacked, packed)]
