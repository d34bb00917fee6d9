"""The DAGs. Nothing imports from here."""
