"""The front: one port, a supervisor, page workers. It carries bytes and knows no domain.

It answers guests' cached pages, 304s and static files from memory, holds streams, reads request bodies whole, and hands
everything else to one of two lanes in which Django runs. What it cannot know arrives in a `Front`:

    from palaver.front import supervisor
    from palaver.front.given import Front

    supervisor.run(
        Front(load=wsgi_handler, home_run=home() / "run", queries=cached_query, streams={"/live": live.open_stream}),
        "127.0.0.1", 8000, workers=2, jobs=run_jobs,
    )

`load` returns Django's `WSGIHandler` and is called once, before the workers are forked. `jobs` is called in a process
of its own with a `threading.Event` that is set when it should end. A response that guests may share says so by two
attributes: `response.cache_words` (names of everything it shows; see `words`) and `response.fresh_until`. A verb
says what it changes by `changing.change(names)` inside its transaction.

Not here: what a page is, who may see it, which words a verb touches. Words you need: *lane* (a thread with a queue),
*word* (a random value per thing shown), *door* (what answers in a worker), *drain* (ending without cutting anyone off).
"""
