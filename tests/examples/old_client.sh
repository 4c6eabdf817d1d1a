#!/bin/sh
# What a client of 2005 sends, with curl: logs 10001 in, says hello to the
# robot 10000, and reads its answer. A bridge that has 10001 logged in is put out
# by this ("replaced"), and comes back after a while.
#
#   sh old_client.sh http://127.0.0.1:8000/
set -eu
endpoint=${1:-http://127.0.0.1:8000/}
password=$(printf demo | md5sum | cut -d ' ' -f 1)

ask() {
  curl --silent --show-error --max-time 40 --data-binary "$1" \
    --header 'Content-Type: text/plain; charset=UTF-8' "$endpoint"
  echo
}

ask "VER=1.1&CMD=Login&SEQ=101&UIN=10001&PS=$password&M5=1&LC=9326B87B234E7235"
ask 'VER=1.1&CMD=CLTMSG&SEQ=102&UIN=10001&UN=10000&MG=你好'
ask 'VER=1.1&CMD=GetMsgEx&SEQ=103&UIN=10001'
ask 'VER=1.1&CMD=Logout&SEQ=104&UIN=10001'
