"""The front door: terms, privacy, imprint, a way to write to the operators, and what crawlers and browsers ask of a site.

What it is not: the operators' desk, where these pages are written and inquiries answered (web.operators).
"""
