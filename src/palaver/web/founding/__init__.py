"""The door of an empty installation: until it is set up, every page leads to `/set-up`, and only the founder's token opens it."""
