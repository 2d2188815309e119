"""The partners' HTTP intake: events are checked, put into Kafka, and answered with a receipt; later with their verdict."""
