# One line per step with its seconds; a long step says that it still runs.  Sourced by the shell scripts here.
# shellcheck shell=bash

LOG="${TAIHE_STEP_LOG:-var/bootstrap.log}"
mkdir -p "$(dirname "$LOG")"

# step "what is done" command...: runs it with its output in the log; shows the log's end when it fails.
step() {
  local what="$1" begin="$SECONDS" shown=0 pid
  shift
  "$@" >"$LOG" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    if [ $((SECONDS - begin - shown)) -ge 10 ]; then
      shown=$((SECONDS - begin))
      echo "  … $what（已 $shown 秒）：$(tail -n 1 "$LOG" | tr -d '\r' | cut -c1-100)"
    fi
  done
  if wait "$pid"; then
    echo "  ✓ $what（$((SECONDS - begin)) 秒）"
  else
    echo "  ✗ $what 失败，输出的末尾如下，全文在 $LOG：" >&2
    tail -n 30 "$LOG" >&2
    return 1
  fi
}

# as_root: prints how to become root without asking for a password (empty when root already); fails when one cannot.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    echo env
  elif sudo -n true 2>/dev/null; then
    echo "sudo -n"
  else
    return 1
  fi
}

# apt_install packages...: as root or by passwordless sudo; fails otherwise.
apt_install() {
  local root
  command -v apt-get >/dev/null && root="$(as_root)" || return 1
  $root apt-get update -q || echo "软件源目录未能更新，按现有目录安装"
  $root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "$@"
}

# apt_update: fresh package lists, where one may.
apt_update() {
  local root
  root="$(as_root)" && $root apt-get update -q
}
