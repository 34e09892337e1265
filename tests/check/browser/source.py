# SPDX-License-Identifier: LGPL-2.1-or-later
"""source.py - the pipeline under test: starts testsource and asks it how it is doing.

It runs in a process of its own, so that a crash in it is a failed test and no more. Leaving the
"with" block closes its stdin, which ends it; an exit code other than 0 is then an error.
"""
import json
import os
import select
import subprocess

DEADLINE_SECONDS = 20


class Source:
    def __init__(self, *properties):
        """properties are webrtcsink's, as 'video-caps=video/x-vp8'."""
        self.process = subprocess.Popen(
            [os.environ['RTC_TESTSOURCE'], *properties], bufsize=0, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)

    def __enter__(self):
        where = self.read()
        self.page, self.endpoint = where['page'], where['endpoint']
        return self

    def __exit__(self, kind, *rest):
        self.process.stdin.close()
        try:
            code = self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'none: it hung and was killed'
        if kind is None and code != 0:
            raise AssertionError(f'testsource ended with exit code {code}')

    def read(self):
        """The next line of JSON; what webrtcsink itself tells the console is passed over."""
        while True:
            ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SECONDS)
            line = os.read(self.process.stdout.fileno(), 1) if ready else b''
            while line and not line.endswith(b'\n'):
                line += os.read(self.process.stdout.fileno(), 1) or b'\n'
            if not line:
                raise AssertionError('testsource has ended' if ready else 'testsource says nothing')
            if line.startswith(b'{'):
                return json.loads(line)

    def ask(self):
        """Frames made so far, sessions and threads."""
        self.process.stdin.write(b'\n')
        return self.read()
