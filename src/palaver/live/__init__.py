"""Streams to open browsers: the live_event table is the truth, datagrams wake the workers. It knows no domain."""
