"""Pages of places and lists: home, the orders, all forums, a category, a forum and its About page."""
