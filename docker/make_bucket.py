"""Make the lake's bucket where it is missing, as soon as the store answers.

Plain S3, so that it works with whichever store stands behind AWS_ENDPOINT_URL. Runs once, before Airflow starts.
"""

import os
import sys
import time
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

PATIENCE_S = 60
"""A store that is not there after this long has a fault that waiting does not mend."""


def make(bucket: str) -> None:
    """Make the bucket, or leave the one that is there and ours."""
    s3 = boto3.client("s3")
    try:
        s3.create_bucket(Bucket=bucket)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        s3.head_bucket(Bucket=bucket)  # raises where it is somebody else's


def main() -> int:
    """Exit status 0 when the bucket is there."""
    lake = urlsplit(os.environ["LIVEBLOG_LAKE"])
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            make(lake.netloc)
        except (BotoCoreError, ClientError) as error:
            if time.monotonic() > deadline:
                sys.stderr.write(f"bucket {lake.netloc} could not be made: {error}\n")
                return 1
            time.sleep(1)
        else:
            sys.stdout.write(f"bucket {lake.netloc} is there\n")
            return 0


if __name__ == "__main__":
    sys.exit(main())
