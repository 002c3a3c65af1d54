"""Pages of a member's own reading: marks, bookmarks, subscriptions, trash, people followed, ignored and avoided; `/me/`.

All of them are the member's alone and never cached; each act is a plain form and a verb of the domain.
"""
