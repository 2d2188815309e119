"""Files of exactly what an answer shows: CSV, JSON, XLSX, Parquet and IATI, each with a manifest; and the evidence pack."""
