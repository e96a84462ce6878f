"""As It Happened on Airflow: wiring only."""
