"""The command line: one module per command; it parses words, calls a verb or a runner, and prints what became of it."""
