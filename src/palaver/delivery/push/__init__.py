"""Web Push: what is told to a browser that its member has let tell them, while no page of ours is open.

A push is a row, written in the verb's transaction and handed by the jobs process to the push service of the browser's
maker, encrypted so that only that browser reads it (RFC 8030, 8188, 8291). We show who we are by a key of our own (VAPID,
RFC 8292), made at first use and kept in the home. Nothing here opens a socket inside a request.

Words: an *endpoint* is one browser's address; it is *gone* when its service answers 404 or 410, and then its row goes too.
"""
