#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run.py - another WebRTC implementation watches or calls: run.py watch|call|receive PEER [CODEC].

PEER is webrtcbin, aiortc, pion, npm or (calling only) our own whipclientsink. Each is a program that is given the endpoint, offers, and
deletes its session at the end.

watch: it receives from webrtcsink by WHEP and prints one line of JSON with what it counted.
call: it sends callsource.py's pictures and beeps to webrtcrecorder by WHIP and prints one line of
JSON with the frames it sent; what the file holds is compared with that (recording.py).
receive: the same as call into webrtcsrc; the numbers that come out of it, decoded, are read.

Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'browser'))
import callsource as media    # noqa: E402
import gobuild    # noqa: E402
from source import Source    # noqa: E402
from recorder import Recorder    # noqa: E402
from recording import check_recording, expect    # noqa: E402

CAPS = {'VP8': 'video/x-vp8', 'VP9': 'video/x-vp9', 'H264': 'video/x-h264'}
VIEW_SECONDS = 60
CALL_SECONDS = 6
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


def webrtcbin(role, *_):
    if build(['gst-inspect-1.0', 'nicesrc']):
        skip('no GStreamer plugin "nice" (apt-get install gstreamer1.0-nice)')
    return python_peer('gi', f'webrtcbin_{role}.py')


def whipclientsink(role, *_):
    return python_peer('gi', f'whipclientsink_{role}.py')


def aiortc(role, *_):
    return python_peer('aiortc', f'aiortc_{role}.py')


def pion(role, codec):
    if not gobuild.is_possible():
        skip(gobuild.MISSING)
    gopath = scratch('pion')
    program = gobuild.build(os.path.join(HERE, 'pion'), 'viewer' if role == 'viewer' else
                            f'viewer/{role}', role, gopath)
    if role == 'caller':    # it cannot encode
        expect(build([*python_peer('gi', 'callmedia.py'), codec, str(CALL_SECONDS), gopath]) is None,
               'callmedia.py failed')
        return [program, gopath]
    return [program]


def npm(role, *_):
    if not shutil.which('npm'):
        skip('no npm')
    folder = scratch('npm')
    for name in ('package.json', 'package-lock.json', '.npmrc', f'{role}.mjs'):
        shutil.copy(os.path.join(HERE, 'npm', name), folder)
    failure = build(['npm', 'ci', '--no-audit', '--no-fund'], cwd=folder)
    if failure:
        skip(f'npm cannot install the package (no network?): {failure}')
    return ['node', os.path.join(folder, f'{role}.mjs')]


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
        gone(source)


def gone(source):
    end = time.monotonic() + GONE_SECONDS
    while source.ask()['sessions']:
        if time.monotonic() > end:
            raise AssertionError('the session is still there after DELETE')
        time.sleep(0.1)


def call(command, codec):
    with tempfile.TemporaryDirectory() as folder, Recorder(folder) as recorder:
        sent = run_caller(command, recorder.endpoint, codec)
        finished = recorder.wait('webrtcrecorder-finished')
        check_recording(finished['location'], sent, codec, has_sync=True)


def receive(command, codec):
    receiver = subprocess.Popen([sys.executable, os.path.join(HERE, 'webrtcsrc_receiver.py')],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        # What webrtcsrc itself tells the console is passed over.
        lines = (line for line in receiver.stdout if line.startswith('{'))
        sent = run_caller(command, json.loads(next(lines))['endpoint'], codec)
        receiver.stdin.close()
        seen = json.loads(next(lines))
        receiver.wait(GONE_SECONDS)
    finally:
        receiver.kill()
        receiver.wait()
    print(f'# {seen}')
    length = sent['frames'] / media.FPS
    # Live: the end may be cut off by the hang-up, and a late decoder may leave out pictures.
    expect(seen['frames'] >= (length - 1) * media.FPS * 0.95, 'too few frames came out')
    expect(seen['unreadable'] == seen['backward'] == 0, 'frames are torn or out of order')
    expect(seen['audio_seconds'] >= length - 1, 'too little sound came out')


def run_caller(command, endpoint, codec):
    done = subprocess.run([*command, endpoint, codec, str(CALL_SECONDS)], stdout=subprocess.PIPE,
                          text=True, timeout=VIEW_SECONDS + CALL_SECONDS, check=False)
    expect(done.returncode == 0, f'the caller ended with exit code {done.returncode}: {done.stdout}')
    sent = json.loads(done.stdout.strip().splitlines()[-1])
    print(f'# {sent}')
    expect(sent['state'] == 'connected', f'the connection is {sent["state"]}')
    return sent


if __name__ == '__main__':
    mode, peer, codec_name = (sys.argv[1:] + ['VP8'])[:3]
    role, run = {'watch': ('viewer', watch), 'call': ('caller', call),
                 'receive': ('caller', receive)}[mode]
    try:
        program = {f.__name__: f for f in (webrtcbin, aiortc, pion, npm, whipclientsink)}[peer](role, codec_name)
        run(program, codec_name)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f'FAILED: {error}')
        sys.exit(1)
