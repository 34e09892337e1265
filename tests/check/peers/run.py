#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run.py - another WebRTC implementation watches webrtcsink: run.py PEER [CODEC].

PEER is webrtcbin, aiortc, pion or npm. Each is a program that is given the WHEP endpoint, offers,
receives, deletes its session and prints one line of JSON with the video and audio it counted.
Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'browser'))
from source import Source    # noqa: E402

CAPS = {'VP8': 'video/x-vp8', 'VP9': 'video/x-vp9', 'H264': 'video/x-h264'}
GOCODE = '/usr/share/gocode'
VIEW_SECONDS = 60
BUILD_SECONDS = 240
GONE_SECONDS = 15


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


def scratch(name):
    """A folder for what is built here: below the build tree, never in the source tree."""
    folder = os.path.join(os.environ['RTC_PEERS_BUILD'], name)
    os.makedirs(folder, exist_ok=True)
    return folder


def build(command, **options):
    """Runs a build step; returns the end of its output if it fails, else None."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=BUILD_SECONDS, check=False, **options)
    return done.stdout[-800:] if done.returncode else None


def python_peer(module, program):
    if subprocess.run([sys.executable, '-c', f'import {module}'], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        skip(f'Python has no module {module}')
    return [sys.executable, os.path.join(HERE, program)]


def webrtcbin():
    if build(['gst-inspect-1.0', 'nicesrc']):
        skip('no GStreamer plugin "nice" (apt-get install gstreamer1.0-nice)')
    return python_peer('gi', 'webrtcbin_viewer.py')


def aiortc():
    return python_peer('aiortc', 'aiortc_viewer.py')


def pion():
    if not shutil.which('go') or not os.path.isdir(f'{GOCODE}/src/github.com/pion/webrtc'):
        skip('no go or no pion (apt-get install golang-go golang-github-pion-webrtc.v3-dev)')
    gopath = scratch('pion')
    source = os.path.join(gopath, 'src', 'viewer')
    shutil.copytree(os.path.join(HERE, 'pion'), source, dirs_exist_ok=True)
    program = os.path.join(gopath, 'viewer')
    environment = dict(os.environ, GO111MODULE='off', GOFLAGS='', GOPATH=f'{gopath}:{GOCODE}',
                       GOCACHE=os.path.join(gopath, 'cache'))
    failure = build(['go', 'build', '-o', program, 'viewer'], cwd=source, env=environment)
    if failure:
        raise AssertionError(f'go build: {failure}')
    return [program]


def npm():
    if not shutil.which('npm'):
        skip('no npm')
    folder = scratch('npm')
    for name in ('package.json', 'package-lock.json', '.npmrc', 'viewer.mjs'):
        shutil.copy(os.path.join(HERE, 'npm', name), folder)
    failure = build(['npm', 'ci', '--no-audit', '--no-fund'], cwd=folder)
    if failure:
        skip(f'npm cannot install the package (no network?): {failure}')
    return ['node', os.path.join(folder, 'viewer.mjs')]


def watch(command, codec):
    with Source(f'video-caps={CAPS[codec]}') as source:
        done = subprocess.run([*command, source.endpoint, codec], stdout=subprocess.PIPE, text=True,
                              timeout=VIEW_SECONDS, check=False)
        if done.returncode or not done.stdout.strip():
            raise AssertionError(f'the viewer ended with exit code {done.returncode}: {done.stdout}')
        seen = json.loads(done.stdout.strip().splitlines()[-1])
        print(f'# {seen}')
        if seen['video'] < 60 or seen['audio'] < 50:
            raise AssertionError('not enough of it arrived')
        if seen['state'] != 'connected':
            raise AssertionError(f'the connection is {seen["state"]}')
        if codec == 'VP8' and seen.get('key_frames_after_pli', 1) < 1:
            raise AssertionError('its PLI brought no key frame')
        end = time.monotonic() + GONE_SECONDS
        while source.ask()['sessions']:
            if time.monotonic() > end:
                raise AssertionError('the session is still there after DELETE')
            time.sleep(0.1)


if __name__ == '__main__':
    peer, codec_name = (sys.argv[1:] + ['VP8'])[:2]
    try:
        watch({f.__name__: f for f in (webrtcbin, aiortc, pion, npm)}[peer](), codec_name)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f'FAILED: {error}')
        sys.exit(1)
