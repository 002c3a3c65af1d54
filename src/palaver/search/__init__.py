"""Search: one query language over subjects and posts, with the same tokens and the same answers on both databases.

What it is: the index (written in the verb's transaction), the language, the reading of it, saved searches.
What it is not: it ranks nothing unless asked to, it stems nothing, and it never shows what the reader may not read.
"""
