"""Tests of the local Kafka."""
