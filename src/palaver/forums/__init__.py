"""Places and conversations: categories, forums, threads, posts, locks, recommendations, and the orders nobody ranks.

Verbs lock rows in one order – member, post, thread, forum, the record's head last – and with `no_key`, because a row
that refers to another needs that other's key: a plain FOR UPDATE would wait for it, and two verbs for each other.
"""
