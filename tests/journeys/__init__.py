"""Whole stories in a real browser, against the application started as an operator starts it."""
