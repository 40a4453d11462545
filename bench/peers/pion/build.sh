#!/bin/sh
# Builds the Pion peer that `npm run bench -- --vs pion` measures against: build.sh OUTPUT
# It wants Debian's packages golang-go and golang-github-pion-webrtc.v3-dev, and fetches nothing itself.
set -eu
output=$1
source=$(cd "$(dirname "$0")" && pwd)
sources=/usr/share/gocode

fail() {
	echo "$1; apt-get install golang-go golang-github-pion-webrtc.v3-dev" >&2
	exit 1
}
command -v go >/dev/null || fail "there is no Go compiler"
[ -d "$sources/src/github.com/pion/webrtc" ] || fail "Pion's sources are not in $sources"

# Debian ships Go packages for GOPATH mode. There, only a package that has a go.mod may import paths that end in /v3.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$work/src/bench/pion
mkdir -p "$package"
cp "$source/main.go" "$package/"
printf 'module bench/pion\n\ngo 1.19\n' >"$package/go.mod"
cd "$package"
GO111MODULE=off GOPATH="$work:$sources" GOFLAGS= GOCACHE="${GOCACHE:-$work/cache}" go build -o "$output" .
