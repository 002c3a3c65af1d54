"""Standards: the members judge. Charter, alerts, juries by a verifiable lot, verdicts, consequences, appeals, hosts' terms, watch.

It owns the judging alone. The rows that others must ask about lie below with what they limit: a removal, a hold and a block
with `forums`, a suspension with `accounts`. Votes of members are `ballots`; what is public stands on the `record`.

Words: an *alert* asks for a look at something a member wrote, under one *standard* of the *charter*. A *case* is its judging.
Its *pool* are those who may judge it, each under a *pseudonym*; tickets decide who is *offered* a *seat*; whoever takes one is
a *juror*, fills a *paper*, and the papers make the *verdict*. Nobody but the juror learns who sat.
"""
