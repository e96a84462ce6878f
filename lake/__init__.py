"""Keep: the only room that imports pyarrow, boto3 and duckdb: objects, raw archive, snapshots, views."""
