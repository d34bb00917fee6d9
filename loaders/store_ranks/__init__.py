"""Ranks of apps in a store's charts, from Apple's feeds into MySQL. They are kept nowhere else."""
