"""The composition root of each worker process; ``deploy`` starts them as ``python -m deploy.workers.<name>``."""
