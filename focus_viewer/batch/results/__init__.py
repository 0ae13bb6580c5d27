"""Results of a batch: rows, records, the journal, and one table."""
