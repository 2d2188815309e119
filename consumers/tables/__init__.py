"""The materialized tables, read from their changelog topics by somebody who is no Faust worker."""
