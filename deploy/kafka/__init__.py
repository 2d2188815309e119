"""The local Apache Kafka: its jars, its Java, its one broker."""
