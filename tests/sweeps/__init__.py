"""Sweeps: the whole application under what is rare in life and sure to come: kills, floods, hostile words, broken archives."""
