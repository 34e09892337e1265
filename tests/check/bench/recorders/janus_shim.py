# SPDX-License-Identifier: LGPL-2.1-or-later
"""janus_shim.py - Janus' recordplay plugin as a WHIP server: signalling only, media goes to Janus.

JanusRecorder starts a janus with a configuration of its own in a folder and an HTTP server that
turns POST and DELETE into requests of Janus' HTTP API.
"""
import http.client
import http.server
import itertools
import json
import os
import socket
import subprocess
import threading
import time

import programs

ANSWER_SECONDS = 15
PLUGINS = ('audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall videoroom '
           'voicemail').split()
OTHER_TRANSPORTS = 'websockets mqtt nanomsg pfunix rabbitmq'.split()


def libraries():
    """Where Debian has Janus' plugins: <library folder>/janus."""
    folder = subprocess.run(['pkg-config', '--variable=libdir', 'glib-2.0'], stdout=subprocess.PIPE,
                            text=True, check=True).stdout.strip()
    return os.path.join(folder, 'janus')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def configure(folder, port, event_loops, plugin, settings):
    """Writes what Janus reads; of the plugins it has only that one."""
    def write(name, text):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(text)

    def without(names):
        return 'disable = "' + ','.join(f'libjanus_{name}.so' for name in names) + '"'
    write('janus.jcfg', f'''general: {{
  configs_folder = "{folder}"
  plugins_folder = "{libraries()}/plugins"
  transports_folder = "{libraries()}/transports"
  debug_level = 2
  session_timeout = 0
  {f"event_loops = {event_loops}" if event_loops else ""}
}}
plugins: {{ {without(name for name in PLUGINS if name != plugin)} }}
transports: {{ {without(OTHER_TRANSPORTS)} }}
''')
    write('janus.transport.http.jcfg', f'general: {{ json = "compact"\n base_path = "/janus"\n '
                                       f'http = true\n port = {port}\n ip = "127.0.0.1"\n }}\n')
    write(f'janus.plugin.{plugin}.jcfg', settings)


class Api:
    """Janus' HTTP API: a request is a POST, an event is fetched by a GET that waits for it."""
    transactions = itertools.count()

    def __init__(self, port):
        self.port = port

    def call(self, path, request=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=ANSWER_SECONDS)
        try:
            if request is None:
                connection.request('GET', path)
            else:
                request['transaction'] = str(next(self.transactions))
                connection.request('POST', path, json.dumps(request),
                                   {'Content-Type': 'application/json'})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def wait_until_up(self):
        end = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                return self.call('/janus/info')
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def record(self, offer, name):
        """A new session that records; returns its path and the answer."""
        session = f'/janus/{self.call("/janus", {"janus": "create"})["data"]["id"]}'
        handle = self.call(session, {'janus': 'attach', 'plugin': 'janus.plugin.recordplay'})
        self.call(f'{session}/{handle["data"]["id"]}', {
            'janus': 'message', 'body': {'request': 'record', 'name': name, 'filename': name},
            'jsep': {'type': 'offer', 'sdp': offer}})
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            event = self.call(session)
            if 'jsep' in event:
                return session, event['jsep']['sdp']
            error = event.get('plugindata', {}).get('data', {}).get('error')
            if error:
                raise AssertionError(f'Janus: {error}')
        raise AssertionError('Janus does not answer')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def reply(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):      # noqa: N802  (the name is http.server's)
        offer = self.rfile.read(int(self.headers['Content-Length'])).decode()
        try:
            session, answer = self.server.api.record(offer, f'call-{next(self.server.serial)}')
        except (AssertionError, OSError, KeyError) as error:
            self.reply(500, str(error).encode())
            return
        self.reply(201, answer.encode(), Content_Type='application/sdp', Location=session)

    def do_DELETE(self):    # noqa: N802
        self.server.api.call(self.path, {'janus': 'destroy'})
        self.reply(200)

    def log_message(self, *_):
        pass


class JanusRecorder:
    """process is the janus alone; endpoint is the shim's."""

    def __init__(self, folder, log, event_loops=0):
        port = free_port()
        configure(folder, port, event_loops, 'recordplay', f'general: {{ path = "{folder}" }}\n')
        self.process = subprocess.Popen(
            ['janus', '-F', folder, '-C', os.path.join(folder, 'janus.jcfg')], stdout=log, stderr=log)
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.api, self.server.serial = Api(port), itertools.count(1)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.endpoint = f'http://127.0.0.1:{self.server.server_port}/whip'
        try:
            self.server.api.wait_until_up()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        programs.end(self.process, 5)
