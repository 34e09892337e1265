#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""files.py - files between examples/file-transfer.c and its page in real browsers: files.py BROWSER.

8 MiB each way, compared at both ends; names that would leave the folder; what is too large, or is not what it says
it is; transfers that are broken off by either side. Exit code 0 passed, 1 failed, 77 skipped with the reason.
"""
import asyncio
import hashlib
import json
import os
import re
import signal
import sys
import tempfile

from checks import SLOW_SECONDS, browsers, expect, skip

SIZE = 8 * 1024 * 1024
MOST = 20 * 1024 * 1024         # that the program takes
OFFERED = 'offered \u00e4.bin'
ENDLESS = 4 * 1024 * 1024 * 1024    # a file of nothing, of which some goes


class Example:
    """The program, and what it has printed."""

    def __init__(self, folder):
        self.folder, self.said = folder, ''

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            os.environ['RTC_FILE_TRANSFER'], '--address', 'http://127.0.0.1:0/', '--max-size', str(MOST), self.folder,
            stdout=asyncio.subprocess.PIPE)
        self.page = (await self.says(r'Open (http\S+)')).group(1)
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def says(self, pattern):
        """Waits until it has printed this, and forgets what it printed up to there."""
        while not (found := re.search(pattern, self.said)):
            try:
                line = await asyncio.wait_for(self.process.stdout.readline(), SLOW_SECONDS)
            except asyncio.TimeoutError:
                line = b''
            expect(line, f'{pattern}: the program said only {self.said!r}')
            print(f'# {line.decode().rstrip()}', flush=True)
            self.said += line.decode()
        self.said = self.said[found.end():]
        return found

    def holds(self):
        """What is in the folder, hidden files, too."""
        return set(os.listdir(self.folder))

    def peak_kib(self):
        """The most memory that it has had."""
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as status:
            return int(re.search(r'VmHWM:\s+(\d+)', status.read()).group(1))


def sha256(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


async def connect(page, program):
    await page.goto(program.page)
    await page.wait_for('window.rtcFiles && rtcFiles.offered.length > 0 && rtcFiles.channel.readyState === "open"', SLOW_SECONDS)


async def get(page, program):
    """The button of the file; what came is hashed once more by the browser's own SHA-256."""
    wanted = sha256(os.path.join(program.folder, OFFERED))
    expect(await page.eval('rtcFiles.offered') == [{'name': OFFERED, 'size': SIZE}], 'the list is wrong')
    await page.eval('document.querySelector("#files-offered button").click()')
    await page.wait_for('Object.keys(rtcFiles.received).length + Object.keys(rtcFiles.failed).length', SLOW_SECONDS)
    got = await page.eval(
        f'(async ({{ sha256, blob }}) => [sha256, [...new Uint8Array(await crypto.subtle.digest("SHA-256",'
        ' await blob.arrayBuffer()))].map((byte) => byte.toString(16).padStart(2, "0")).join("")])'
        f'(rtcFiles.received[{json.dumps(OFFERED)}])')
    expect(got == [wanted, wanted], f'{got}, expected {wanted}')
    shown = await page.eval('document.getElementById("files-log").textContent')
    expect('received, SHA-256 equal' in shown, f'the page shows "{shown}"')
    expect(await page.eval('document.querySelector("#files-log progress").position') == 1, 'the bar is not full')
    await program.says('a file has arrived')


async def put(page, program):
    """The page's own choice of files: all but the first byte of what it has got."""
    with open(os.path.join(program.folder, OFFERED), 'rb') as file:
        wanted = file.read()[1:]
    await page.eval(f'''(() => {{
      const chosen = new DataTransfer(), choose = document.getElementById('files-choose');
      chosen.items.add(new File([rtcFiles.received[{json.dumps(OFFERED)}].blob.slice(1)], 'up.bin'));
      choose.files = chosen.files;
      choose.dispatchEvent(new Event('change'));
      return true;
    }})()''')
    await page.wait_for('rtcFiles.sent["up.bin"] || rtcFiles.failed["up.bin"]', SLOW_SECONDS)
    sent = await page.eval('rtcFiles.sent["up.bin"]')
    expect(sent == {'name': 'up.bin', 'sha256': hashlib.sha256(wanted).hexdigest()}, f'{sent}')
    with open(os.path.join(program.folder, 'up.bin'), 'rb') as file:
        expect(file.read() == wanted, 'the file is another one')
    expect(program.holds() == {OFFERED, 'up.bin'}, f'{program.holds()}')
    # The page's SHA-256 where its last block fills up.
    for length in (0, 55, 56, 63, 64):
        failed = await page.eval(f'rtcFiles.send(new Blob([new Uint8Array({length})]), "edge").then(() => rtcFiles.failed.edge)')
        expect(failed is None, f'{length} bytes: {failed}')
        os.unlink(os.path.join(program.folder, 'edge'))


async def names(page, program):
    """No name leads out of the folder, or to a hidden file, or over another one; links lead nowhere."""
    for name, kept in [('../../x', 'x'), ('C:\\up.bin', 'up (1).bin'), ('/tmp/.profile', 'profile'), ('x', 'x (1)'), ('', None),
                       ('..', None)]:
        result = await page.eval(f'rtcFiles.send(new Blob([{json.dumps(name)}]), {json.dumps(name)}).then(() => '
                                 f'[rtcFiles.sent[{json.dumps(name)}]?.name ?? null, rtcFiles.failed[{json.dumps(name)}] ?? null])')
        expect(result == [kept, None if kept else 'it has no name'], f'{name}: {result}')
    expect(program.holds() == {OFFERED, 'up.bin', 'x', 'up (1).bin', 'profile', 'x (1)'}, f'{program.holds()}')
    expect(os.listdir(os.path.dirname(program.folder)) == [os.path.basename(program.folder)], 'it wrote outside')
    os.symlink('/etc/passwd', os.path.join(program.folder, 'link'))
    for name in ['../folder/x', '/etc/passwd', 'link', '.', '']:
        failed = await page.eval(f'rtcFiles.get({json.dumps(name)}).then(() => rtcFiles.failed[{json.dumps(name)}])')
        expect(failed == 'there is no such file', f'{name}: {failed}')
    os.unlink(os.path.join(program.folder, 'link'))


async def wrong(page, program):
    """Too large, longer than announced, shorter, and with a SHA-256 that is none."""
    before = program.holds()
    failed = await page.eval(f'rtcFiles.send(new Blob([new Uint8Array({MOST + 1})]), "large").then(() => rtcFiles.failed.large)')
    expect(failed == f'it is larger than the {MOST} bytes taken', failed)
    for size, end, why in [(1, None, 'more bytes than were announced'), (3, '0' * 64, 'it is not whole'),
                           (2, '0' * 64, 'its SHA-256 differs')]:
        await page.eval(f'rtcFiles.channel.send(JSON.stringify({{ type: "file", name: "odd", size: {size} }})),'
                        'rtcFiles.channel.send(new Uint8Array(2))')
        if end:
            await page.eval(f'rtcFiles.channel.send(JSON.stringify({{ type: "end", sha256: "{end}" }}))')
        await program.says(f'odd did not come: {why}')
    for text in ['[', '[' * 4000, '7', '{"type": 7}', '{"type": "file", "name": "odd", "size": -1}']:
        await page.eval(f'rtcFiles.channel.send({json.dumps(text)})')
    expect(program.holds() == before, f'{program.holds()}')


async def broken_off(page, other, program):
    """What a page that closes was sending is gone; one whose program ends says so."""
    before = program.holds()
    await connect(other, program)
    await other.eval(f'rtcFiles.channel.send(JSON.stringify({{ type: "file", name: "half", size: {SIZE} }})),'
                     'rtcFiles.channel.send(new Uint8Array(65536))')
    await program.says('half comes')
    expect({name.split('.')[-1] for name in program.holds() - before} == {'part'}, f'{program.holds()}')
    await other.close()
    await program.says('half did not come: broken off')
    expect(program.holds() == before, f'{program.holds()}')

    with open(os.path.join(program.folder, 'endless'), 'wb') as file:
        file.truncate(ENDLESS)
    await page.eval(f'rtcFiles.channel.send(JSON.stringify({{ type: "file", name: "half", size: {SIZE} }}))')
    await program.says('half comes')
    await page.eval('void rtcFiles.get("endless")')
    await page.wait_for('document.querySelector("#files-log li:last-child progress").position > 0', SLOW_SECONDS)
    program.process.send_signal(signal.SIGINT)
    await page.wait_for('rtcFiles.failed.endless === "broken off"', SLOW_SECONDS)
    shown = await page.eval('!document.getElementById("files").hidden && document.querySelector("#files-log li:last-child").textContent')
    expect(shown == 'endlessbroken off', f'the page shows {shown}')
    await program.says('endless did not go out')
    await program.says('half did not come: broken off')
    expect(await asyncio.wait_for(program.process.wait(), SLOW_SECONDS) == 0, 'the program failed')
    expect(program.holds() == before | {'endless'}, f'{program.holds()}')


async def files(name):
    if not browsers.installed(name):
        skip(f'{name} is not installed')
    browser = await browsers.open_browser(name, '', lambda line: print(f'# {name} says: {line}', flush=True))
    try:
        with tempfile.TemporaryDirectory() as parent:
            folder = os.path.join(parent, 'folder')
            os.mkdir(folder)
            with open(os.path.join(folder, OFFERED), 'wb') as file:
                file.write(os.urandom(SIZE))
            async with Example(folder) as program:
                page = await browser.new_page()
                await connect(page, program)
                await page.wait_for('rtcViewer.state === "playing"', SLOW_SECONDS)
                before = program.peak_kib()
                await get(page, program)
                await put(page, program)
                grown = program.peak_kib() - before
                print(f'# the program grew by {grown} KiB', flush=True)
                expect(grown < SIZE / 1024, f'the program grew by {grown} KiB: it keeps whole files')
                await names(page, program)
                await wrong(page, program)
                await broken_off(page, await browser.new_page(), program)
    finally:
        await browser.close()


if __name__ == '__main__':
    try:
        asyncio.run(files(sys.argv[1]))
    except (AssertionError, asyncio.TimeoutError) as error:
        print(f'FAILED: {error or "it took too long"}')
        sys.exit(1)
