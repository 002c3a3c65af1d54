"""Talks: mediated negotiation as an append-only log of acts, and every state a pure fold of it at a date.

This package is rules alone so far: no rows, no pages. It knows who promised what under which condition, who may do what
by which mandate, what was amended, found, alleged, stopped, kept and breached – and it judges nobody: an allegation changes
no state, silence is never consent, and a breach by one side touches the other's promises only where the text says so.

Words: a *talk* has *parties*, each with *offices* whose *holders* act by a *mandate*. A *commitment* is a promise with an
*antecedent* (when it falls due at all) and a *consequent* (what is owed). An *act* is one line of the log; it *occurred* at a
time that may be known to the day, month or year only, and was *recorded* at another. A *standoff* is a ring of commitments
each of which waits for the next to be kept.
"""
