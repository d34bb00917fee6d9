#!/usr/bin/env bash
# Installs what the project needs and this machine lacks: programs from Debian (debian.txt), Python packages from the
# locked files. Ends at once when everything is current.
#   requirements/install.sh            what `make up` needs
#   requirements/install.sh --airflow  and what `groundup up airflow` needs
#   requirements/install.sh --dev      and what `make test` and `make lint` need
#   requirements/install.sh --bench    and what `make bench` measures against
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# --- Debian's packages ----------------------------------------------------------------------------------------------

# The packages of debian.txt that are not there; with `needed`, only those that the stack can't run without.
missing() {
  local proof package use
  while read -r proof package use; do
    case $proof in '' | '#'*) continue ;; esac
    [ "${1:-$use}" = "$use" ] || continue
    [ -e "$proof" ] || command -v "$proof" >/dev/null || printf '%s ' "$package"
  done <requirements/debian.txt
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Asks for the password here, once: apt-get runs in the background later.
may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

# Says what apt-get said only when it fails.
quietly() {
  local said
  said=$("$@" 2>&1 </dev/null) || { printf '%s\n' "$said" >&2 && return 1; }
}

apt_install() {
  printf 'Debian: installing %s\n' "$*"
  quietly as_root apt-get -q -o DPkg::Lock::Timeout=300 update &&
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
      -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install "$@"
}

go_on_without() { printf 'Going on without %s: only screenshots and the browser tests need it.\n' "${1% }" >&2; }

# Takes the packages that are missing.
install_debian() {
  apt_install "$@" && return
  local needed
  needed=$(missing needed)
  [ -z "$needed" ] || fail "apt-get could not install ${needed% }: put right what it says above and run make install again."
  go_on_without "$(missing)"
}

# --- Python's packages ----------------------------------------------------------------------------------------------

find_python() {
  local candidate
  for candidate in python3.11 python3; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue
    "$candidate" -c 'import sys; print(sys.executable)'
    return
  done
  return 1
}

# An environment can't be moved: its place is written into its scripts.
is_usable() { [ -x "$1/bin/python" ] && grep -qF "$PWD/$1" "$1/bin/activate"; }

# Takes an environment, as the next ones do.
# shellcheck disable=SC2086  # a list
fingerprint() { cat -- pyproject.toml ${locks[$1]} | sha256sum; }

is_current() { is_usable "$1" && [ "$(cat "$1/.locked" 2>/dev/null)" = "$(fingerprint "$1")" ]; }

install_environment() {
  if is_current "$1"; then return; fi
  printf 'Python: installing %s\n' "$1"
  rm -f "$1/.locked"
  is_usable "$1" || .venv/bin/uv venv -q --clear --python "$python" "$1"
  # shellcheck disable=SC2086  # a list
  .venv/bin/uv pip sync -q --require-hashes --python "$1/bin/python" ${locks[$1]}
  [ "$1" != .venv ] ||
    .venv/bin/uv pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
  fingerprint "$1" >"$1/.locked"
}

all_are_current() {
  local environment
  for environment in "${environments[@]}"; do is_current "$environment" || return; done
}

# uv reads neither pip's settings nor, unasked, the machine's certificates; a company's mirror and proxy need both.
# Constraints that were set for other projects would contradict a locked file.
configure_uv() {
  unset UV_CONSTRAINT UV_OVERRIDE UV_BUILD_CONSTRAINT UV_EXCLUDE_NEWER VIRTUAL_ENV PYTHONPATH PYTHONHOME
  export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
  [ ! -e /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true}
  local index=${PIP_INDEX_URL:-$(.venv/bin/pip config get global.index-url 2>/dev/null || true)}
  [ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
}

install_python() {
  python=$(find_python) || fail "Python 3.11 was not found: install it so that python3.11 or python3 starts it."
  if ! is_usable .venv; then
    rm -rf .venv
    "$python" -m venv .venv
  fi
  # An empty file of constraints takes the place of one in pip's own settings.
  PIP_CONSTRAINT=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0 \
    .venv/bin/pip install -q --require-hashes -r requirements/uv.txt
  configure_uv
  local environment
  for environment in "${environments[@]}"; do install_environment "$environment"; done
}

# --- All of it ------------------------------------------------------------------------------------------------------

airflow=false
dev=false
bench=false
for option in "$@"; do
  case $option in
    --airflow) airflow=true ;;
    --dev) dev=true ;;
    --bench) bench=true ;;
    *) fail "requirements/install.sh knows --airflow, --dev and --bench, not $option." ;;
  esac
done

environments=(.venv .venv-superset)
declare -A locks=(
  [.venv]="requirements/uv.txt requirements/groundup.txt"
  [.venv-superset]=requirements/superset.txt
  [.venv-airflow]=requirements/airflow.txt
  [.venv-bench]=requirements/bench.txt
  [.venv-bqemulator]=requirements/bqemulator.txt
)
if $dev || [ -e .venv/.dev ]; then
  locks[.venv]+=" requirements/dev.txt"
  environments+=(.venv-bqemulator)
  airflow=true
fi
# Once it is there, it is kept current.
if $airflow || [ -e .venv-airflow ]; then environments+=(.venv-airflow); fi
if $bench; then environments+=(.venv-bench); fi

# Two installs at once would undo each other's work.
exec 9<requirements
flock -n 9 || { printf 'Waiting for another install to end.\n' && flock 9; }

packages=$(missing)
python_current=true
all_are_current || python_current=false
if [ -z "$packages" ] && $python_current; then exit 0; fi

venv_package=
if ! $python_current && ! is_usable .venv; then
  # Debian's Python leaves out what makes environments.
  python3 -c 'import ensurepip' 2>/dev/null || venv_package=python3-venv
fi
if [ -n "$packages$venv_package" ] && ! may_install; then
  needed="$(missing needed)$venv_package"
  [ -z "$needed" ] || fail "${needed% } is missing and this account may not install it: ask for apt-get install ${needed% }, then run make again."
  go_on_without "$packages"
  packages=
fi
[ -z "$venv_package" ] || apt_install "$venv_package"

jobs=()
if [ -n "$packages" ]; then
  # shellcheck disable=SC2086  # a list
  install_debian $packages &
  jobs+=($!)
fi
if ! $python_current; then
  install_python &
  jobs+=($!)
fi
failed=false
for job in "${jobs[@]+"${jobs[@]}"}"; do wait "$job" || failed=true; done
if $failed; then fail "The installation is incomplete: put right what is said above and run make install again."; fi
if $dev; then touch .venv/.dev; fi
