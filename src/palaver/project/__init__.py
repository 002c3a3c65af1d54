"""Settings, addresses, wiring and start-up: the only place that knows every package. It holds no rule of any domain."""
