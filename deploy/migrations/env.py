"""What Alembic runs for each upgrade: the versions, on the connection that ``upgrade`` gives it."""

from alembic import context

from models.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=False)
context.run_migrations()
