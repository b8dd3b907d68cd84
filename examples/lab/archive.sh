#!/bin/bash
# Prints where the archive of Debian is that this machine's apt uses: the main one, not security or updates.
set -euo pipefail

# As apt reads it, in either format of its sources.
# shellcheck disable=SC2016 # apt fills these in
found=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' |
  awk '$1 !~ /-/ && !found {print found = $2}')
if [[ -z $found ]]; then
  echo "archive.sh: apt knows no Debian archive here; run apt-get update and look at its sources" >&2
  exit 1
fi
echo "$found"
