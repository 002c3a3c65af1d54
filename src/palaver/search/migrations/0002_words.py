"""The index of words itself, and the wish to fill it where posts stand already."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

# The ascii tokenizer splits at ASCII signs only, of which our tokens hold none: every token stays whole. It is an
# external-content table: the words stand in search_document once, and `rebuild` and `integrity-check` know where.
# There is no trigger for new rows: inside one FTS5 writes a segment for every row, which takes ten times as long when many
# come at once. search.indexing inserts both.
SQLITE = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
         subject, body, marks, content='search_document', content_rowid='key', tokenize='ascii', columnsize=0)""",
    """CREATE TRIGGER search_document_gone AFTER DELETE ON search_document BEGIN
         INSERT INTO search_index(search_index, rowid, subject, body, marks)
         VALUES ('delete', old.key, old.subject, old.body, old.marks);
       END""",
    """CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN
         INSERT INTO search_index(search_index, rowid, subject, body, marks)
         VALUES ('delete', old.key, old.subject, old.body, old.marks);
         INSERT INTO search_index(rowid, subject, body, marks) VALUES (new.key, new.subject, new.body, new.marks);
       END""",
)
# New words wait in a list that every search has to read, so it is kept short.
POSTGRESQL = (
    """CREATE INDEX search_words ON search_document
         USING gin (string_to_array(substr(marks || subject || body, 2), ' ')) WITH (gin_pending_list_limit = 256)""",
    "ALTER INDEX search_words ALTER COLUMN 1 SET STATISTICS 1000",
)


def make(apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unmake(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_words")
        return
    for name in ("gone", "changed"):
        schema_editor.execute(f"DROP TRIGGER search_document_{name}")
    schema_editor.execute("DROP TABLE search_index")


def wish(apps: Any, schema_editor: Any) -> None:
    highest = apps.get_model("forums", "Post").objects.order_by("-pk").values_list("pk", flat=True).first()
    if highest is not None:
        apps.get_model("search", "Building").objects.create(pk=1, below=highest + 1, highest=highest + 1)
        now = timezone.now()
        apps.get_model("due", "Due").objects.create(kind="search.build", key="build", created_at=now, due_at=now)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_documents_and_saved_searches"), ("due", "0001_initial")]

    operations = [
        migrations.RunPython(make, unmake),
        migrations.RunPython(wish, migrations.RunPython.noop),
    ]
