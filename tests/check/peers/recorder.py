# SPDX-License-Identifier: LGPL-2.1-or-later
"""recorder.py - webrtcrecorder in gst-launch-1.0, and what it says on the bus.

Leaving the "with" block interrupts it, as Ctrl-C would; an exit code other than 0 is an error.
"""
import os
import queue
import re
import signal
import subprocess
import threading

DEADLINE_SECONDS = 30
MESSAGE = re.compile(r'Got message .*? \(element\): (\S+?), (.*)')
FIELD = re.compile(r'([\w-]+)=\((?:string|gchararray)\)("(?:[^"\\]|\\.)*"|[^",;]*)')


def fields(text):
    """The strings of a structure as gst-launch-1.0 -m prints it."""
    return {name: re.sub(r'\\(.)', r'\1', value.strip('"')) for name, value in FIELD.findall(text)}


class Recorder:
    def __init__(self, folder, *properties, element='webrtcrecorder'):
        # The description ends in what follows the element, for webrtcsrc.
        self.process = subprocess.Popen(
            ['gst-launch-1.0', '-m', element, 'web-server-host-addr=http://127.0.0.1:0/',
             *([f'location={folder}{os.sep}'] if element == 'webrtcrecorder' else []), *properties],
            stdout=subprocess.PIPE, text=True)
        self.messages = queue.Queue()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.element = element

    def read(self):
        for line in self.process.stdout:
            message = MESSAGE.match(line)
            if message:
                self.messages.put((message[1], fields(message[2])))
        self.messages.put((None, {}))

    def wait(self, name):
        """The fields of the next message of that name."""
        while True:
            try:
                got, values = self.messages.get(timeout=DEADLINE_SECONDS)
            except queue.Empty:
                raise AssertionError(f'no message {name} in {DEADLINE_SECONDS} s') from None
            if got is None:
                raise AssertionError(f'gst-launch-1.0 has ended before message {name}')
            if got == name:
                return values

    def __enter__(self):
        try:
            self.endpoint = self.wait(f'{self.element}-server')['endpoint-url']
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, kind, *rest):
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'none: it hung and was killed'
        self.reader.join()
        if kind is None and code != 0:
            raise AssertionError(f'gst-launch-1.0 ended with exit code {code}')
