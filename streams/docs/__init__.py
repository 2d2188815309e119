"""What a partner reads before it sends: recipes, every event with its members and examples, code lists, Kafka, in both languages; served by the app itself."""
