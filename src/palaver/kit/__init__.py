"""What any domain may stand on: clock, ids, events, decisions, text, pagination, the SQLite backend, due rows. No domain at all."""
