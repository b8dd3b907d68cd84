# Processes that outlive the script that started them, for engine.sh and swarm.sh; `dir` is where they are noted.
# shellcheck shell=bash disable=SC2154

# A pid alone may be somebody else's by now, so it is kept with the moment its process began.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
remember() { echo "$2 $(began "$2")" >"$dir/$1"; }
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$dir/$1" && [[ -n $start && $(began "$pid") == "$start" ]] && echo "$pid"
}

gone() { # PID SECONDS: waits until the process has ended
  local _
  for _ in $(seq $(($2 * 20))); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.05
  done
  return 1
}

# One start or stop at a time. The lock is the folder, which the stop before may have removed.
locked() {
  until mkdir -p "$dir" && exec 9<"$dir" && flock 9 && [[ $dir -ef /proc/self/fd/9 ]]; do sleep 0.05; done
}
