"""One module per group of rows; each has `measure(ground)`, which gives the rows it could measure."""
