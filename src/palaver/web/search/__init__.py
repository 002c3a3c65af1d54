"""The pages of searching: results, saved searches, their feeds."""
