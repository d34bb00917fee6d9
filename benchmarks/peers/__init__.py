"""What others load MySQL with, each a program of its own in .venv-bench that is handed the same Arrow data."""
