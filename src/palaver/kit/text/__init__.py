"""Text that strangers wrote: rendered, cleaned, compared, cut into words. Draft."""
