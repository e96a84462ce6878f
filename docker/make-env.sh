#!/bin/sh
# Writes .env beside this script from .env.example, with a random secret for every value left empty there.
# An .env that is there already stays: its secrets are those of the volumes.
set -eu
cd "$(dirname "$0")"
if [ -e .env ]; then
    echo "docker/.env is there already and stays as it is"
    exit 0
fi
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_'; }
umask 077
while IFS= read -r line; do
    case $line in
        AIRFLOW_FERNET_KEY=) echo "$line$(random 32)" ;; # a Fernet key is 32 bytes
        [A-Z]*=) echo "$line$(random 48)" ;;             # 64 characters, as HS512 asks
        *) echo "$line" ;;
    esac
done < .env.example > .env.new
mv .env.new .env
echo "docker/.env written, with new secrets"
