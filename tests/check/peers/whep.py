# SPDX-License-Identifier: LGPL-2.1-or-later
"""whep.py - the HTTP half of a WHEP viewer or WHIP caller: POST an offer, DELETE the session."""
import http.client
import urllib.parse

TIMEOUT_SECONDS = 20


class Session:
    """post() returns the answer; delete() ends what it began."""

    def __init__(self, endpoint):
        self.url = urllib.parse.urlsplit(endpoint)
        self.location = None

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port,
                                                timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def post(self, offer):
        response, text = self.request('POST', self.url.path, offer,
                                      {'Content-Type': 'application/sdp'})
        if response.status != 201:
            raise AssertionError(f'POST was answered {response.status}: {text.strip()}')
        self.location = urllib.parse.urlsplit(
            urllib.parse.urljoin(self.url.geturl(), response.getheader('Location')))
        return text

    def delete(self):
        response, text = self.request('DELETE', self.location.path)
        if response.status not in (200, 204):
            raise AssertionError(f'DELETE was answered {response.status}: {text.strip()}')
