"""Ballots: votes of members, one engine for polls, charter, hosts and talks.

A ballot has options, an electorate frozen when it opens, a window, a quorum and a threshold. It knows nothing of what is
voted on: `about` names it as `kind:id`, and whoever opened it hears `BallotClosed`. Votes are public or secret; a secret
vote lies under the hash of a receipt that only its voter keeps, and is said to be visible to an operator who looks into
the database while the ballot runs.
"""
