"""Live: what happens is told to the browsers that look at it. It carries rows and frames and knows no domain.

A verb calls `telling.tell(topic, kind, payload)` inside its transaction: a row is written, and once it is committed a
datagram wakes every page worker of the host. A worker reads the new rows once and hands one frame to all its streams.
The table is the truth: a browser that lost its stream names the last event it saw and is told the rest.

Not here: who may hear a topic (project gives a callable), the port and the loop (the front offers them).
Words you need: *topic* (`thread:12`: what a stream is about), *kind* (what happened), *stream* (one open browser).
"""
