"""Make the analysts' key: who holds it can read the lake's bucket and list it, and nothing else.

Users are no part of S3, so this speaks MinIO's own admin protocol. For another store make the key there, with the
policy that ``python make_analyst.py --policy`` prints, and leave ANALYST_SECRET_KEY empty. Runs once, at every start.
"""

import json
import os
import sys
import time
from urllib.parse import urlsplit

PATIENCE_S = 60
"""A store that is not there after this long has a fault that waiting does not mend."""
POLICY = "lake-readers"


def policy(bucket: str) -> dict[str, object]:
    """What an analyst may do, as S3 stores understand it."""
    arn = f"arn:aws:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"{arn}/*"]},
            {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": [arn]},
        ],
    }


def make(bucket: str, key: str, secret: str) -> None:
    """Make the user and its policy; for one that is there, the secret and the policy are set anew."""
    from minio import MinioAdmin
    from minio.credentials import StaticProvider

    endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    root = StaticProvider(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    admin = MinioAdmin(endpoint=endpoint.netloc, credentials=root, secure=endpoint.scheme == "https")
    admin.policy_add(POLICY, policy=policy(bucket))
    admin.user_add(key, secret)
    if POLICY not in json.loads(admin.user_info(key)).get("policyName", "").split(","):
        admin.policy_set(POLICY, user=key)


def main() -> int:
    """Exit status 0 when the key is there, or when none is asked for; 1 with the reason."""
    bucket = urlsplit(os.environ["LIVEBLOG_LAKE"]).netloc
    if sys.argv[1:] == ["--policy"]:
        sys.stdout.write(json.dumps(policy(bucket), indent=2) + "\n")
        return 0
    key, secret = os.environ.get("ANALYST_ACCESS_KEY", ""), os.environ.get("ANALYST_SECRET_KEY", "")
    if not key or not secret:
        sys.stdout.write("ANALYST_SECRET_KEY is empty: no key for analysts was made\n")
        return 0
    return _make_patiently(bucket, key, secret)


def _make_patiently(bucket: str, key: str, secret: str) -> int:
    """Again while nobody answers, or the store is still starting; a refusal (4xx) is final."""
    from minio.error import MinioAdminException
    from urllib3.exceptions import HTTPError

    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            make(bucket, key, secret)
        except (MinioAdminException, HTTPError) as error:
            if "Status: 4" in str(error) or time.monotonic() > deadline:
                sys.stderr.write(f"the analysts' key could not be made: {_reason(error)}; see docs/deploy.md\n")
                return 1
            time.sleep(1)
        else:
            sys.stdout.write(f"{key} may read bucket {bucket}\n")
            return 0


def _reason(error: Exception) -> str:
    """One line, without what the server was told."""
    return " ".join(str(error).split())[:300]


if __name__ == "__main__":
    sys.exit(main())
