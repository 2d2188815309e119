"""The served descriptions are asked for what they promise: no error of ours, no answer that is not described, no door that opens without a token."""
