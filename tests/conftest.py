"""What every test stands on: a home of its own, the shared archives, the running application, a real browser.

Nothing here replaces a part of the product. A part that is missing on this machine (a browser, `../shared`) makes its
tests skip with a sentence on a developer's machine and fail in CI.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Before Django is loaded: each worker of pytest-xdist imports this file in a process of its own, so each has its own
# home, and the installation that a developer runs from the same checkout is never touched.
HOME = Path(tempfile.mkdtemp(prefix="palaver-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["PALAVER_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "palaver.project.settings"
os.environ.pop("PALAVER_ORIGIN", None)
os.environ.pop("PALAVER_MAIL_URL", None)

import django  # noqa: E402

django.setup()

import jinja2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Permission  # noqa: E402
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402

if settings.DATABASES["default"]["ENGINE"] == "palaver.kit.sqlite":
    # A file, as in real life: the locks, the WAL and several connections are what is to be tested.
    settings.DATABASES["default"].setdefault("TEST", {}).setdefault("NAME", str(HOME / "test.sqlite3"))

_flush = type(connection.ops).sql_flush
DJANGOS_OWN = {ContentType._meta.db_table, Permission._meta.db_table}
_LARGE = 128 * 1024


def _emptied(self: Any, style: Any, tables: Sequence[str], **wishes: Any) -> list[str]:
    """What takes back the rows of a test that has committed.

    Django's own rows for models and for what may be done to them stay: they never change, and to write them anew would be
    most of the work. PostgreSQL's TRUNCATE makes every file of every table and index anew, which takes half a second; few
    rows are deleted in milliseconds. Where there were many, the files are made anew after all: dead rows mislead the planner.
    """
    tables = [name for name in tables if name not in DJANGOS_OWN]
    if self.connection.vendor != "postgresql":
        return _flush(self, style, tables, **wishes)
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        ((largest,),) = cursor.fetchall()
    if largest > _LARGE:
        return _flush(self, style, tables, **wishes)
    return [f"DELETE FROM {self.quote_name(name)}" for name in tables]


type(connection.ops).sql_flush = _emptied

pytest_plugins = ["tests.cast", "tests.standards.court", "tests.journeys.browsing", "tests.journeys.running"]

SHARED_IS_MISSING = "../shared is missing"


def pytest_configure(config: pytest.Config) -> None:
    for line in (
        "database: touches the database, so it runs on both (given to every test that uses a database fixture)",
        "journey: a whole story in a real browser against the running application (given to every test that uses a browser)",
        "dear: takes long by itself, so it is begun before others",
        "long: a full sweep; only with --long",
        "one_database: asks what no database decides, so PostgreSQL is asked only with --long",
    ):
        config.addinivalue_line("markers", line)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the full sweeps too (marker long)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out, kept = [], []
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(fixtures):
            item.add_marker("database")
        if "journeys" in item.path.parent.parts or "browser" in fixtures:
            item.add_marker("journey")
            if item.get_closest_marker("database"):
                raise pytest.UsageError(
                    f"{item.nodeid} asks a browser and the database of its own process; one of them must go."
                )
        spared = item.get_closest_marker("one_database") and not settings.DATABASES["default"]["ENGINE"].endswith(
            "sqlite"
        )
        if (item.get_closest_marker("long") or spared) and not config.getoption("--long"):
            left_out.append(item)
        else:
            kept.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    # Journeys come last: Playwright keeps an event loop in this thread, in which the ORM refuses to work. What is dear comes
    # first, so that no worker has it left when the others are done.
    items[:] = sorted(
        kept,
        key=lambda item: (
            item.get_closest_marker("journey") is not None,
            item.get_closest_marker("dear") is None,
        ),
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """What stays of the rows that the migrations made need not be looked for after each test."""
    post_migrate.disconnect(create_contenttypes)
    assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


class QueryInATemplate(AssertionError):
    """A template that is being drawn has asked the database."""


def _refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> NoReturn:
    raise QueryInATemplate(f"A template asks the database while it is drawn; load it in the view: {sql}")


@pytest.fixture(autouse=True)
def no_query_in_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watches every page that a test draws in its own thread."""
    draw = jinja2.Template.render

    def guarded(self: jinja2.Template, *args: Any, **kwargs: Any) -> str:
        with connection.execute_wrapper(_refuse):
            return draw(self, *args, **kwargs)

    monkeypatch.setattr(jinja2.Template, "render", guarded)


def lacking(what: str) -> NoReturn:
    """A part that this machine lacks: a failure in CI, a loud skip elsewhere."""
    if IN_CI:
        pytest.fail(f"{what}. In CI nothing may be missing.", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the archives and payload lists that are not part of this repository (PALAVER_DATA overrides)."""
    folder = Path(os.environ.get("PALAVER_DATA") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        lacking(f"{SHARED_IS_MISSING} ({folder} holds no data/; set PALAVER_DATA)")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if SHARED_IS_MISSING in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} tests skipped because ../shared is missing", yellow=True, bold=True
        )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that a subprocess may take as its PALAVER_HOME."""
    folder = tmp_path / "home"
    folder.mkdir()
    yield folder


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.journeys.running import made_once

    return made_once("prepared", ("migrate", "--quiet"), tmp_path_factory)


@pytest.fixture
def prepared_home(_prepared: Path, tmp_path: Path) -> Path:
    """A home with a prepared, empty SQLite database, for a subprocess."""
    return Path(shutil.copytree(_prepared, tmp_path / "prepared"))
