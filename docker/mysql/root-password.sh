# shellcheck shell=sh
# Run by the image when it makes its data. MySQL's own has read the password from its file by now; others have not.
: "${MYSQL_ROOT_PASSWORD:=$(cat "${MYSQL_ROOT_PASSWORD_FILE:-/run/secrets/mysql_root_password}")}"
