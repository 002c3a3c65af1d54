"""Pages of consequences and accountability: warning letters, appeals, statements of reasons, figures and yearly reports."""
