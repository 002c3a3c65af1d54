"""The ASGI front: lanes, page cache, static files, drain. It carries bytes and knows no domain."""
