# SPDX-License-Identifier: LGPL-2.1-or-later
"""source.py - the pipeline under test: starts testsource or callee and asks it how it is doing.

It runs in a process of its own, so that a crash in it is a failed test and no more. Leaving the
"with" block closes its stdin, which ends it; an exit code other than 0 is then an error.
"""
import json
import os
import select
import subprocess

DEADLINE_SECONDS = 20


class Program:
    """What prints where it serves and answers each line with one."""

    def __init__(self, *command):
        self.name = os.path.basename(command[0])
        self.process = subprocess.Popen(
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        where = self.read()
        self.page, self.endpoint = where['page'], where['endpoint']
        return self

    def __exit__(self, kind, *rest):
        if self.process.returncode is not None:     # killed on purpose
            return
        self.process.stdin.close()
        try:
            code = self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'none: it hung and was killed'
        if kind is None and code != 0:
            raise AssertionError(f'{self.name} ended with exit code {code}')

    def read(self):
        """The next line of JSON; what webrtcsink itself tells the console is passed over."""
        while True:
            ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE_SECONDS)
            line = os.read(self.process.stdout.fileno(), 1) if ready else b''
            while line and not line.endswith(b'\n'):
                line += os.read(self.process.stdout.fileno(), 1) or b'\n'
            if not line:
                raise AssertionError(f'{self.name} has ended' if ready else f'{self.name} says nothing')
            if line.startswith(b'{'):
                return json.loads(line)

    def ask(self):
        """What it knows by now, as the program's own comment says."""
        self.process.stdin.write(b'\n')
        return self.read()

    def kill(self):
        self.process.kill()
        self.process.wait()


class Source(Program):
    def __init__(self, *properties):
        """properties are webrtcsink's, as 'video-caps=video/x-vp8'."""
        super().__init__(os.environ['RTC_TESTSOURCE'], *properties)


class Callee(Program):
    def __init__(self, mode, *properties):
        """mode is 'live', or 'record' with the folder first; properties are the element's."""
        super().__init__(os.environ['RTC_CALLEE'], mode, *properties)
