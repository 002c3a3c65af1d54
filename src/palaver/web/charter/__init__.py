"""The charter's pages: what is in force, its versions and how they differ; amendments with their redline, thread and ballot."""
