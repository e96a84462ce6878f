"""Tests in several processes (pytest-xdist): what shares something costly stays in one of them."""

from xdist.scheduler import LoadScopeScheduling

ONE_AIRFLOW = "tests/dags"
"""Tests of this folder share a real Airflow."""


class FileByFile(LoadScopeScheduling):
    """Hands out a file at a time, in the order of collection, and the folder that needs Airflow as one."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return ONE_AIRFLOW if file.startswith(f"{ONE_AIRFLOW}/") else file
