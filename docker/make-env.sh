#!/bin/sh
# Writes .env beside this script from .env.example, with a random secret for every value left empty there.
# In an .env that is there already everything stays, since its secrets are those of the volumes; a secret that it lacks,
# because it was made by an older version, is added. (No key for analysts: they may be left without one.)
set -eu
cd "$(dirname "$0")"
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_'; }
filled() {
    while IFS= read -r line; do
        case $line in
            AIRFLOW_FERNET_KEY=) echo "$line$(random 32)" ;; # a Fernet key is 32 bytes
            [A-Z]*=) echo "$line$(random 48)" ;;             # 64 characters, as HS512 asks
            *) echo "$line" ;;
        esac
    done
}
umask 077
if [ -e .env ]; then
    lacking=$(grep -E '^[A-Z_]+=$' .env.example | grep -v '^ANALYST_SECRET_KEY=' | while IFS= read -r line; do
        grep -q "^$line" .env || echo "$line"
    done)
    if [ -z "$lacking" ]; then
        echo "docker/.env is there already and stays as it is"
        exit 0
    fi
    # A last line without its end would swallow the first of the new ones.
    { cat .env; [ -z "$(tail -c 1 .env)" ] || echo; echo "$lacking" | filled; } > .env.new
    mv .env.new .env
    echo "docker/.env was there already; added, with new secrets:" $(echo "$lacking" | tr -d =)
    exit 0
fi
filled < .env.example > .env.new
mv .env.new .env
echo "docker/.env written, with new secrets"
