"""Pictures and files: put up from a form or by the script, handed out to whoever may see them, listed for their owner.

What it is not: no rule stands here; `forums.attaching` decides what is taken and `forums.permissions` who may see it.
"""
