"""Is a part of Airflow well? `healthcheck.py api-server|scheduler|dag-processor`: exit status 0, or 1 and the reason.

Asks the API server, which knows the heartbeat of every part; standard library only, so that asking costs little.
"""

import json
import os
import sys
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import urlopen

KEYS = {"api-server": "metadatabase", "scheduler": "scheduler", "dag-processor": "dag_processor"}
"""What the API's answer calls each part; the API server is well when it answers and reaches its database."""

API = os.environ.get("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://localhost:8080/execution/")


def status(part: str) -> str:
    """What the API server says about one part: `healthy`, `unhealthy`, or `None` where it never started."""
    with urlopen(urljoin(API, "/api/v2/monitor/health"), timeout=15) as answer:  # noqa: S310 (http, from the deployment)
        return str(json.load(answer)[KEYS[part]]["status"])


def main() -> int:
    """Exit status for Docker's health check."""
    try:
        found = status(sys.argv[1])
    except (URLError, TimeoutError) as error:
        found = f"no answer from the API server: {error}"
    sys.stdout.write(f"{sys.argv[1]}: {found}\n")
    return int(found != "healthy")


if __name__ == "__main__":
    sys.exit(main())
