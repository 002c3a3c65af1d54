"""The SQLite backend: who may write, when, and what becomes of the lock."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from palaver.kit import durability
from palaver.kit.due.models import Due
from palaver.kit.sqlite import checkpoint, library
from palaver.kit.sqlite.base import DatabaseWrapper, WriteOutsideTransaction
from palaver.kit.sqlite.writing import LockTimeout, WriteLock
from tests.kit.conftest import Start

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite only"),
]


def ours() -> DatabaseWrapper:
    wrapper = connection._connections[connection._alias]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.ensure_connection()
    return wrapper


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def lock_is_free() -> bool:
    descriptor = os.open(ours().file() + ".lock", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def insert() -> Due:
    return Due.objects.create(kind="test")


def test_the_library_is_swapped_before_django_loads_it() -> None:
    import pysqlite3.dbapi2

    assert sys.modules["sqlite3"].sqlite_version == pysqlite3.dbapi2.sqlite_version
    assert ours().Database is pysqlite3.dbapi2
    assert library.safe()


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_an_unsafe_library_lets_one_worker_write_alone(version: library.Version, good: bool) -> None:
    assert bool(library.safe(version)) is good
    assert bool(library.may_run(2, version)) is good
    assert bool(library.may_run(1, version)) is (version >= (3, 7, 0))
    if not good:
        assert "pysqlite3" in library.safe(version).because


def test_a_connection_begins_as_the_architecture_says() -> None:
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
    assert pragma("temp_store") == 2
    assert pragma("mmap_size") == 0
    assert pragma("wal_autocheckpoint") == 8000


def test_a_write_outside_a_transaction_raises() -> None:
    with transaction.atomic():
        row = insert()
    with pytest.raises(WriteOutsideTransaction, match="INSERT INTO"):
        insert()
    with pytest.raises(WriteOutsideTransaction, match="UPDATE"):
        Due.objects.update(kind="other")
    with pytest.raises(WriteOutsideTransaction, match="DELETE"):
        Due.objects.filter(pk=row.pk)._raw_delete("default")
    with connection.cursor() as cursor:
        for statement in ("VACUUM", "CREATE TABLE stray (a)", "PRAGMA user_version = 7", "BEGIN"):
            if statement == "BEGIN":
                cursor.execute(statement)
                statement = "DELETE FROM due_due"
            with pytest.raises(WriteOutsideTransaction):
                cursor.execute(statement)
        cursor.execute("ROLLBACK")
        with pytest.raises(WriteOutsideTransaction):
            cursor.executemany("UPDATE due_due SET kind = %s", [["a"], ["b"]])
    assert [kept.kind for kept in Due.objects.all()] == ["test"]


def test_what_reads_is_told_from_what_writes_behind_a_with() -> None:
    with transaction.atomic():
        insert()
    with connection.cursor() as cursor:
        cursor.execute("WITH one AS (SELECT id FROM due_due) SELECT count(*) FROM one")
        assert cursor.fetchone() == (1,)
        # It is no write, but it names one: the library itself decides, and gives its rows.
        cursor.execute("  with one as (select 'delete' as what, id from due_due) select what from one")
        assert cursor.fetchall() == [("delete",)]
        with pytest.raises(WriteOutsideTransaction):
            cursor.execute("WITH one AS (SELECT id FROM due_due) DELETE FROM due_due WHERE id IN (SELECT id FROM one)")
        cursor.execute("SELECT count(*) FROM due_due")
        assert cursor.fetchone() == (1,)


def test_a_fresh_connection_is_guarded_from_its_first_statement() -> None:
    connection.close()
    with pytest.raises(WriteOutsideTransaction, match="INSERT INTO"):
        insert()


def test_a_file_that_may_not_be_written_is_not_taken_for_a_missing_transaction() -> None:
    with pytest.raises(OperationalError, match="readonly"), transaction.atomic():
        ours().connection.execute("PRAGMA query_only = 1")
        insert()
    ours().connection.execute("PRAGMA query_only = 0")
    assert lock_is_free()
    with transaction.atomic():
        insert()


def test_autocommit_may_not_be_switched_off() -> None:
    with pytest.raises(Exception, match=r"transaction\.atomic"):
        transaction.set_autocommit(False)
    assert lock_is_free()


def test_a_transaction_holds_the_lock_once_and_frees_it_at_its_end() -> None:
    ours()
    assert lock_is_free()
    with transaction.atomic():
        assert not lock_is_free()
        with transaction.atomic():
            insert()
        assert not lock_is_free()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            insert()
            raise ZeroDivisionError
        assert not lock_is_free()
    assert lock_is_free()
    assert Due.objects.count() == 1


def test_the_lock_is_free_when_the_commit_hooks_run() -> None:
    seen: list[bool] = []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(lock_is_free()))
    assert seen == [True]


def test_an_error_frees_the_lock() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        insert()
        raise ZeroDivisionError
    assert lock_is_free()
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    assert lock_is_free()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        raise KeyboardInterrupt
    assert lock_is_free()
    assert not Due.objects.exists()
    with pytest.raises(WriteOutsideTransaction):
        insert()


def test_a_commit_that_fails_frees_the_lock() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE child (due_id REFERENCES due_due (id) DEFERRABLE INITIALLY DEFERRED)")
    try:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO child VALUES (999999)")
        assert lock_is_free()
        with connection.cursor() as cursor:
            assert cursor.execute("SELECT count(*) FROM child").fetchone()[0] == 0
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE child")


def test_a_begin_that_fails_frees_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper = ours()
    other = connection.copy()
    other.settings_dict = {**wrapper.settings_dict, "OPTIONS": {"timeout": 0}}
    # A stranger without our lock, such as the sqlite3 shell, holds SQLite's own.
    stranger = wrapper.Database.connect(wrapper.file(), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(OperationalError, match="locked"):
            other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        assert lock_is_free()
        assert other.get_autocommit()
    finally:
        stranger.close()
        other.close()


def test_closing_in_a_transaction_frees_the_lock_and_keeps_nothing() -> None:
    with pytest.raises(Exception, match=r"atomic block|closed"), transaction.atomic():
        insert()
        connection.close()
        assert lock_is_free()
        insert()
    assert Due.objects.count() == 0


def test_a_relaxed_transaction_waits_less_and_only_itself() -> None:
    with durability.relaxed():
        assert pragma("synchronous") == 1
        with durability.relaxed(), transaction.atomic():
            assert pragma("synchronous") == 1
            insert()
    assert pragma("synchronous") == 2
    with transaction.atomic():
        assert pragma("synchronous") == 2
        with durability.relaxed():
            assert pragma("synchronous") == 2
            insert()
    with pytest.raises(ZeroDivisionError), durability.relaxed():
        raise ZeroDivisionError
    with transaction.atomic():
        assert pragma("synchronous") == 2
    assert Due.objects.count() == 2
    assert lock_is_free()


def test_upkeep_may_vacuum_under_the_lock() -> None:
    with ours().upkeep() as raw:
        assert not lock_is_free()
        raw.execute("VACUUM")
        raw.execute("ANALYZE")
    assert lock_is_free()
    assert checkpoint.optimize()
    with pytest.raises(WriteOutsideTransaction):
        insert()


def test_what_a_virtual_table_keeps_is_never_read_whole_for_having_been_counted_empty() -> None:
    with ours().upkeep() as raw:
        raw.execute("CREATE VIRTUAL TABLE told USING fts5(words)")
        raw.execute("ANALYZE")
    by_key = "EXPLAIN QUERY PLAN DELETE FROM told_data WHERE id >= 7 AND id <= 9"
    assert checkpoint.optimize()
    with ours().cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl LIKE 'told%%'")
        assert cursor.fetchone() == (0,)
    ours().close()
    with ours().cursor() as cursor:
        cursor.execute(by_key)
        assert "SEARCH" in cursor.fetchone()[3]
    with ours().upkeep() as raw:
        raw.execute("DROP TABLE told")


def test_a_passive_checkpoint_moves_the_log() -> None:
    with transaction.atomic():
        insert()
    done = checkpoint.passive()
    assert done is not None
    assert done.in_log > 0
    assert done.moved == done.in_log


def test_four_processes_write_without_one_lock_error(start: Start) -> None:
    each = 100
    code = """
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(int(sys.argv[3])):
            with transaction.atomic():
                before = Due.objects.filter(kind="count").get()
                Due.objects.create(kind="write", payload={"by": sys.argv[2], "number": number})
                before.attempts += 1
                before.save()
    """
    with transaction.atomic():
        Due.objects.create(kind="count")
    processes = [start(code, number, each) for number in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n")
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert Due.objects.filter(kind="write").count() == 4 * each
    assert Due.objects.get(kind="count").attempts == 4 * each


HOLDING = """
    with transaction.atomic():
        Due.objects.create(kind="held")
        print("held", flush=True)
        time.sleep(60)
"""


def test_waiting_for_the_lock_ends_with_a_clear_error_and_a_killed_holder_frees_it(start: Start) -> None:
    process = start(HOLDING)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    wrapper = ours()
    wrapper.lock_timeout, before = 0.2, wrapper.lock_timeout
    try:
        with pytest.raises(LockTimeout, match="busy"), transaction.atomic():
            insert()
        assert Due.objects.count() == 0, "readers go on, and see nothing that is not committed"
    finally:
        wrapper.lock_timeout = before
    process.kill()
    process.wait()
    with transaction.atomic():
        insert()
    assert [row.kind for row in Due.objects.all()] == ["test"]


def test_a_child_process_does_not_carry_the_lock_off() -> None:
    with transaction.atomic():
        child = os.fork()
        if child == 0:
            held = ours().write_lock
            os._exit(0 if held is not None and not held.held else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert not lock_is_free(), "the child's end must not free the parent's lock"
    assert lock_is_free()


def test_threads_see_one_test_database() -> None:
    def write() -> None:
        try:
            with transaction.atomic():
                insert()
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Due.objects.count() == 3


def test_who_waits_is_not_overtaken_by_who_just_wrote(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    for _ in range(25):
        order: list[str] = []
        ana, bram = WriteLock(path), WriteLock(path)
        ana.take(5)
        thread = threading.Thread(target=_take_a_turn, args=[bram, order])
        thread.start()
        while not _somebody_queues(path):
            time.sleep(0.0005)
        ana.let_go()
        ana.take(5)
        order.append("ana")
        ana.let_go()
        thread.join()
        assert order == ["bram", "ana"]
        ana.close()
        bram.close()


def _take_a_turn(lock: WriteLock, order: list[str]) -> None:
    lock.take(5)
    order.append("bram")
    lock.let_go()


def _somebody_queues(path: str) -> bool:
    descriptor = os.open(path + "q", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_who_gave_up_waiting_does_not_keep_the_lock(tmp_path: Path) -> None:
    ana, bram = WriteLock(str(tmp_path / "lock")), WriteLock(str(tmp_path / "lock"))
    ana.take(1)
    with pytest.raises(LockTimeout):
        bram.take(0.05)
    ana.let_go()
    bram.take(5)
    assert bram.held
    with pytest.raises(LockTimeout):
        ana.take(0.05)
    bram.close()
    ana.take(5)
    ana.close()


def test_whoever_may_write_the_file_may_lock_it(tmp_path: Path) -> None:
    file = tmp_path / "shared.sqlite3"
    file.touch()
    file.chmod(0o660)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    lock = WriteLock(f"{file}.lock", like=str(file))
    lock.take(1)
    for made in (Path(f"{file}.lock"), Path(f"{file}.lockq")):
        assert made.stat().st_mode & 0o777 == 0o660
        assert made.stat().st_uid == file.stat().st_uid
    lock.close()


def test_a_lock_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(OperationalError, match="No such file"):
        WriteLock(str(tmp_path / "nowhere" / "lock")).take(1)


def test_a_new_file_may_be_opened_by_many_at_once(start: Start, tmp_path: Path) -> None:
    code = """
        from django.db import connections
        connection.settings_dict["NAME"] = sys.argv[2]
        print("ready", flush=True)
        sys.stdin.readline()
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS t (a)")
            cursor.execute("INSERT INTO t VALUES (1)")
    """
    processes = [start(code, tmp_path / "new.sqlite3") for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
