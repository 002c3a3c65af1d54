"""Places and conversations: categories, forums, threads, posts, locks, recommendations, and the orders nobody ranks."""
