"""What BigQuery bills for a statement, by arithmetic over its text and the sizes of what it reads. Nothing is sent.

The rules are those of "Estimate and control costs", section "Query size calculation", in BigQuery's documentation.
"""
