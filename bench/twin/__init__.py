"""The twin: the same signed-in thread page, written as a good Django developer would write it.

Django's own ORM with `select_related`, Django's own templates with the cached loader, stock sessions, stock authentication,
the middleware that `startproject` gives, DEBUG off, Django's own WSGI handler; at most 12 statements a page. It reads the
very rows of the community (its models name our tables and manage none), so both sides show the same posts.

It is the yardstick of rows 3 and 4. It may not change in a commit that changes the product, or the ratio would measure two
things at once.
"""
