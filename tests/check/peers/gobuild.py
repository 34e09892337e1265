# SPDX-License-Identifier: LGPL-2.1-or-later
"""gobuild.py - builds a Go program with Debian's packages of pion, offline."""
import os
import shutil
import subprocess

GOCODE = '/usr/share/gocode'
BUILD_SECONDS = 240
MISSING = 'no go or no pion (apt-get install golang-go golang-github-pion-webrtc.v3-dev)'


def is_possible():
    return bool(shutil.which('go')) and os.path.isdir(f'{GOCODE}/src/github.com/pion/webrtc')


def build(sources, package, program, gopath):
    """Copies a folder below gopath/src, builds package of it; returns the program's path."""
    folder = os.path.join(gopath, 'src', package.split('/')[0])
    shutil.copytree(sources, folder, dirs_exist_ok=True)
    path = os.path.join(gopath, program)
    environment = dict(os.environ, GO111MODULE='off', GOFLAGS='', GOPATH=f'{gopath}:{GOCODE}',
                       GOCACHE=os.path.join(gopath, 'cache'))
    done = subprocess.run(['go', 'build', '-o', path, package], cwd=folder, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=BUILD_SECONDS, check=False)
    if done.returncode:
        raise AssertionError(f'go build: {done.stdout[-800:]}')
    return path
