"""The record: the public, append-only, hash-chained log of every act of authority, and its verification."""
