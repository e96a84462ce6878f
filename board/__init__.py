"""As It Happened in the Airflow UI: a page on how recording goes, and one for each blog. Read only."""
