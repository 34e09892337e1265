# SPDX-License-Identifier: LGPL-2.1-or-later
"""browser.py - a real headless browser with four verbs: goto, eval, wait_for, close.

Chromium is driven over its DevTools protocol, Firefox over WebDriver BiDi; both are JSON over one
WebSocket, so Python and python3-websockets are all it takes. Works as root and without a display.
A failed wait raises AssertionError with the last value seen; nothing waits without a deadline.
"""
import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile

import websockets

# Whoever ends a test early (meson at its time limit) ends its browsers, too: they are in sessions
# of their own.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

CHROMIUM = os.environ.get('CHROMIUM', 'chromium')
FIREFOX = os.environ.get('FIREFOX', 'firefox-esr')

CHROMIUM_FLAGS = [
    '--headless=new', '--remote-debugging-port=0', '--no-sandbox', '--disable-gpu',
    '--disable-quic', '--no-first-run', '--no-proxy-server', '--disable-dev-shm-usage',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-default-apps', '--metrics-recording-only', '--mute-audio',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    # Pages that are not in front must go on as if they were.
    '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    # There may be no other interface than lo, and nobody who answers mDNS.
    '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns,Translate,OptimizationHints,MediaRouter,'
    'DialMediaRouteProvider',
]

FIREFOX_PREFS = {
    'media.peerconnection.ice.loopback': True,
    'media.peerconnection.ice.obfuscate_host_addresses': False,
    'media.peerconnection.ice.link_local': True,
    'media.navigator.permission.disabled': True,
    'media.navigator.streams.fake': True,
    'media.navigator.audio.fake_frequency': 440,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'media.gmp-manager.updateEnabled': False,
    'network.captive-portal-service.enabled': False,
    'network.connectivity-service.enabled': False,
    'network.proxy.type': 0,
    'app.update.enabled': False,
    'app.normandy.enabled': False,
    'datareporting.policy.dataSubmissionEnabled': False,
    'browser.shell.checkDefaultBrowser': False,
    'browser.aboutwelcome.enabled': False,
    'services.settings.server': 'data:,#remote-settings-dummy/v1',
    'extensions.getAddons.cache.enabled': False,
    'browser.safebrowsing.update.enabled': False,
    'toolkit.telemetry.enabled': False,
    'remote.active-protocols': 1,   # 1 = WebDriver BiDi
}

START_SECONDS = 40
CALL_SECONDS = 20


class Browser:
    """What both share: the process, its profile folder and the numbered calls on one WebSocket."""

    def __init__(self, preload, log, flags=()):
        self.preload = preload      # JavaScript that runs in every page before its own
        self.flags = flags          # of the command line, beside the usual ones
        self.log = log              # function for the pages' console lines
        self.profile = tempfile.mkdtemp(prefix='rtc-browser-')
        self.process = self.socket = self.reader = None
        self.next_id = 0
        self.pending = {}

    async def start(self, command, listening):
        """Starts it and waits for the line with its WebSocket's address."""
        environment = dict(os.environ, HOME=self.profile, MOZ_DISABLE_CONTENT_SANDBOX='1',
                           MOZ_CRASHREPORTER_DISABLE='1', DBUS_SESSION_BUS_ADDRESS='disabled:')
        self.process = await asyncio.create_subprocess_exec(
            *command, env=environment, start_new_session=True, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        said = ''
        while True:
            line = await asyncio.wait_for(self.process.stderr.readline(), START_SECONDS)
            said += line.decode(errors='replace')
            if not line:
                raise AssertionError(f'{command[0]} ended at once:\n{said[-2000:]}')
            found = re.search(listening, said)
            if found:
                break
        self.drain = asyncio.ensure_future(self.discard_stderr())
        return found.group(1)

    async def discard_stderr(self):
        while await self.process.stderr.read(65536):
            pass

    async def connect(self, address):
        self.socket = await websockets.connect(address, max_size=None, ping_interval=None)
        self.reader = asyncio.ensure_future(self.read())

    async def read(self):
        try:
            async for text in self.socket:
                message = json.loads(text)
                waiter = self.pending.pop(message.get('id'), None)
                if waiter and not waiter.done():
                    waiter.set_result(message)
                elif 'method' in message:
                    self.on_event(message['method'], message.get('params', {}))
        except websockets.ConnectionClosed:
            pass
        for waiter in self.pending.values():
            if not waiter.done():
                waiter.set_result({'error': 'the browser has closed the connection'})

    async def call(self, method, params=None, **extra):
        self.next_id += 1
        waiter = self.pending[self.next_id] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps(
            dict(id=self.next_id, method=method, params=params or {}, **extra)))
        try:
            reply = await asyncio.wait_for(waiter, CALL_SECONDS)
        except asyncio.TimeoutError:
            raise AssertionError(f'{method} was not answered within {CALL_SECONDS} s') from None
        if 'error' in reply:
            raise AssertionError(f'{method}: {reply["error"]} {reply.get("message", "")}')
        return reply.get('result', {})

    def kill(self):
        if self.process and self.process.returncode is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    async def close(self):
        if self.socket:
            await self.socket.close()
        self.kill()
        if self.process:
            await self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    """One tab. evaluate() and navigate() are the browser's; the rest is common."""

    def __init__(self, browser, handle):
        self.browser = browser
        self.handle = handle

    async def goto(self, url):
        await self.browser.navigate(self.handle, url)

    async def eval(self, expression):
        """The value of an expression, which may be a promise. It crosses as JSON text."""
        text = await self.browser.evaluate(
            self.handle, f'(async () => JSON.stringify((await ({expression})) ?? null))()')
        return json.loads(text)

    async def wait_for(self, expression, seconds=15):
        """Polls until the expression is truthy and returns it."""
        loop = asyncio.get_running_loop()
        end, last = loop.time() + seconds, None
        while loop.time() < end:
            try:
                last = await self.eval(expression)
            except AssertionError as error:     # the page may be on its way to another document
                last = error
            if last and not isinstance(last, AssertionError):
                return last
            await asyncio.sleep(0.05)
        raise AssertionError(f'not within {seconds} s: {expression} (last: {last!r})')

    async def close(self):
        await self.browser.close_page(self.handle)


class Chromium(Browser):
    async def open(self):
        address = await self.start(
            [CHROMIUM, *CHROMIUM_FLAGS, *self.flags, f'--user-data-dir={self.profile}', 'about:blank'],
            r'DevTools listening on (ws://\S+)')
        await self.connect(address)
        self.loaded = {}
        self.targets = {}

    async def new_page(self):
        target = (await self.call('Target.createTarget',
                                  {'url': 'about:blank', 'newWindow': True}))['targetId']
        session = (await self.call('Target.attachToTarget',
                                   {'targetId': target, 'flatten': True}))['sessionId']
        self.targets[session] = target
        for method, params in [
                ('Page.enable', {}), ('Runtime.enable', {}),
                ('Page.setBypassCSP', {'enabled': True}),
                ('Page.addScriptToEvaluateOnNewDocument', {'source': self.preload})]:
            await self.call(method, params, sessionId=session)
        return Page(self, session)

    def on_event(self, method, params):
        if method == 'Runtime.consoleAPICalled':
            self.log(' '.join(str(a.get('value', a.get('description'))) for a in params['args']))
        elif method == 'Runtime.exceptionThrown':
            self.log(params['exceptionDetails'].get('exception', {}).get('description', 'exception'))

    async def permit(self, name, setting, origin):
        """setting of 'camera' or 'microphone' is granted, denied or prompt, for an origin."""
        await self.call('Browser.setPermission', {
            'permission': {'name': name}, 'setting': setting, 'origin': origin})

    async def navigate(self, session, url):
        result = await self.call('Page.navigate', {'url': url}, sessionId=session)
        if result.get('errorText'):
            raise AssertionError(f'{url}: {result["errorText"]}')

    async def evaluate(self, session, expression):
        result = await self.call('Runtime.evaluate', {
            'expression': expression, 'awaitPromise': True, 'returnByValue': True,
            'userGesture': True}, sessionId=session)
        if 'exceptionDetails' in result:
            details = result['exceptionDetails']
            raise AssertionError(details.get('exception', {}).get('description') or details['text'])
        return result['result'].get('value', 'null')

    async def close_page(self, session):
        await self.call('Target.closeTarget', {'targetId': self.targets.pop(session)})


class Firefox(Browser):
    async def open(self):
        with open(os.path.join(self.profile, 'user.js'), 'w', encoding='utf-8') as prefs:
            for name, value in FIREFOX_PREFS.items():
                prefs.write(f'user_pref({json.dumps(name)}, {json.dumps(value)});\n')
        address = await self.start(
            [FIREFOX, '--headless', '--no-remote', '--profile', self.profile,
             '--remote-debugging-port', '0'], r'WebDriver BiDi listening on (ws://\S+)')
        await self.connect(address + '/session')
        await self.call('session.new',
                        {'capabilities': {'alwaysMatch': {'acceptInsecureCerts': True}}})
        await self.call('session.subscribe', {'events': ['log.entryAdded']})
        await self.call('script.addPreloadScript',
                        {'functionDeclaration': '() => {' + self.preload + '}'})

    async def new_page(self):
        return Page(self, (await self.call('browsingContext.create', {'type': 'tab'}))['context'])

    def on_event(self, method, params):
        if method == 'log.entryAdded':
            self.log(params.get('text'))

    async def navigate(self, context, url):
        await self.call('browsingContext.navigate',
                        {'context': context, 'url': url, 'wait': 'interactive'})

    async def evaluate(self, context, expression):
        result = await self.call('script.evaluate', {
            'target': {'context': context}, 'expression': expression, 'awaitPromise': True,
            'userActivation': True})
        if result['type'] == 'exception':
            raise AssertionError(result['exceptionDetails']['text'])
        return result['result'].get('value', 'null')

    async def close_page(self, context):
        await self.call('browsingContext.close', {'context': context})


def installed(name):
    return shutil.which(CHROMIUM if name == 'chromium' else FIREFOX) is not None


async def open_browser(name, preload='', log=print, flags=()):
    """flags are Chromium's only."""
    browser = (Chromium if name == 'chromium' else Firefox)(preload, log, flags)
    try:
        await browser.open()
    except BaseException:
        await browser.close()
        raise
    return browser
