module channelsbench

// Only here so that a GOPATH build (GO111MODULE=off) finds the /v3 import paths of Debian's
// golang-github-pion-*-dev packages.
