"""Who this community is: its name, its one sentence, how people join, and the pages its operators fill in.

What it is: one row that operators change at their desk, with the environment's settings as what stands before it was
ever changed, and a cached reading of it.
What it is not: places (forums), people (accounts) or rules of conduct (standards).
"""
