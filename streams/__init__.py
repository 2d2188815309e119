"""Events come in and are counted: intake, and the Faust application that keeps the materialized tables."""
