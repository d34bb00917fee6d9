"""What the DAGs are made of: which tasks there are, the command lines that they run, and who is told of a failure."""
