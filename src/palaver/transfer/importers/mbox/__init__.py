"""Mailing lists, from mbox files: one forum a list, threads by what a message says it answers.

Nobody is ever mailed. An author is an unclaimed member, told from others by a hash of the address; the address itself
is kept nowhere but where the author or a quoting mail program wrote it into a text."""

from palaver.transfer.importers.mbox.reading import Mbox

__all__ = ["Mbox"]
