# SPDX-License-Identifier: LGPL-2.1-or-later
"""bridge.py - the lines of docs/bridges.md, run as printed but for addresses, and who is at their ends."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, '..', '..', '..', 'docs', 'bridges.md')
SECONDS = 30         # every wait; the machines that run this may be busy
ENCODER = re.compile(r'/Gst\w*(?:264|265|VP8|VP9|AV1|Opus|MuLaw|ALaw)Enc:')


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def use_modules(*folders):
    """The elements of these folders, too, in this process's children; all bridges share a registry."""
    os.environ['GST_PLUGIN_PATH'] = ':'.join([os.environ['GST_PLUGIN_PATH'], *folders])
    os.environ['GST_REGISTRY'] = os.path.join(os.environ['RTC_PEERS_BUILD'], 'bridges.reg')


def printed_line(heading, **changes):
    """The command under that heading, with each text of changes, which has to be there, replaced."""
    with open(PAGE, encoding='utf-8') as text:
        found = re.search(rf'^### {heading}\n.*?^```sh\n(.*?)\n```', text.read(), re.DOTALL | re.MULTILINE)
    expect(found, f'docs/bridges.md has no line under "{heading}"')
    line = found[1]
    for old, new in changes.items():
        expect(old in line, f'the line under "{heading}" has no {old}')
        line = line.replace(old, new)
    return line


def free_ports(n):
    """n even ports of both UDP and TCP; the one after each is for RTCP."""
    found = []

    def bind(stack, kind, port=0):
        one = stack.enter_context(socket.socket(type=kind))
        one.bind(('0.0.0.0', port))
        return one.getsockname()[1]

    while len(found) < n:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            port = bind(stack, socket.SOCK_DGRAM)
            if port % 2 == 0 and port not in found:
                bind(stack, socket.SOCK_DGRAM, port + 1)
                bind(stack, socket.SOCK_STREAM, port)
                bind(stack, socket.SOCK_STREAM, port + 1)
                found.append(port)
    return found


class Lines:
    """What a process says is kept in lines, as it says it."""

    def __init__(self, name, process):
        self.name, self.process = name, process
        self.lines, self.changed, self.ended = [], threading.Condition(), False
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip())
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def said(self, pattern):
        """What a line matches, or None."""
        with self.changed:
            return next(filter(None, (re.search(pattern, line) for line in self.lines)), None)

    def wait(self, pattern):
        """As said(), once there is such a line."""
        with self.changed:
            self.changed.wait_for(lambda: self.ended or self.said(pattern), SECONDS)
            found = self.said(pattern)
            if not found:    # without the properties that -v shows
                print('\n'.join(line for line in self.lines if not line.startswith('/')))
            expect(found, f'{self.name} has not said {pattern}')
            return found


class Launch(Lines):
    """A printed line at work; it tells the caps of all its elements, too.

    Leaving the "with" block interrupts it, as Ctrl-C would; an exit code other than 0 is an error."""

    def __init__(self, line):
        expect(line.startswith('gst-launch-1.0 '), f'not a pipeline: {line}')
        print(f'# {line}', flush=True)
        super().__init__('gst-launch-1.0', subprocess.Popen(
            'exec ' + line.replace('gst-launch-1.0', 'gst-launch-1.0 -v', 1), shell=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors='replace'))

    def encoders(self):
        """The encoders that it uses, by element class."""
        with self.changed:
            return {found[0].strip('/:') for line in self.lines if (found := ENCODER.search(line))}

    def __enter__(self):
        try:
            self.page = self.wait(r'open (http://\S+) in a browser')[1] if 'webrtcsink' in self.process.args else None
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'none: it hung and was killed'
        if kind is None:
            expect(code == 0, f'gst-launch-1.0 ended with {code}: {self.lines[-5:]}')


# -- Other sides ------------------------------------------------------------------

@contextlib.contextmanager
def rtsp_camera(description):
    """gst-rtsp-server with these payloaders; the address."""
    process = subprocess.Popen([sys.executable, os.path.join(HERE, 'rtsp_camera.py'), description],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = Lines('the camera', process).wait('.+')[0]
        if address.startswith('skipped: '):
            skip(address[len('skipped: '):])
        yield address
    finally:
        process.stdin.close()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def ffmpeg(*arguments):
    """ffmpeg that reads a moving picture (stream 0) and a tone (stream 1) in real time."""
    if not shutil.which('ffmpeg'):
        skip('no ffmpeg')
    command = ['ffmpeg', '-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25',
               '-re', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
        expect(process.poll() is None, 'ffmpeg has ended')
    finally:
        process.kill()
        process.wait()


def wait_for_description(process, path, media):
    """Until ffmpeg has written it whole: each medium has its line of formats."""
    for _ in range(SECONDS * 20):
        with contextlib.suppress(FileNotFoundError), open(path, encoding='ascii') as text:
            if text.read().count('a=rtpmap') == media:
                return
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f'ffmpeg ended with {process.wait(0.05)}')
    raise AssertionError('ffmpeg has written no description')
