"""Jobs as rows: what a verb wants done later is written in its own transaction, and done by the jobs process.

It is not a broker and promises no order. Every job is run *at least once*: a process killed in the middle loses its
lease and another runs the job again, with `attempts` counted, so a handler must be able to meet its own traces. A
handler registered with `within=True` runs in the transaction that also removes the row: its rows are written once.

Words: a *due* is one row; its *kind* names the handler; its *key* makes two equal wishes one; a *lease* is the time for
which one process alone may run it; a due that *gave up* stays as a row with its last words until an operator acts.
"""

from palaver.kit.due.errors import GiveUp
from palaver.kit.due.handling import Handling, handlers, job
from palaver.kit.due.queueing import drop, enqueue, given_up, try_again
from palaver.kit.due.running import every, run_forever
from palaver.kit.due.sweeping import sweep
from palaver.kit.due.waking import wake

__all__ = [
    "GiveUp",
    "Handling",
    "drop",
    "enqueue",
    "every",
    "given_up",
    "handlers",
    "job",
    "run_forever",
    "sweep",
    "try_again",
    "wake",
]
