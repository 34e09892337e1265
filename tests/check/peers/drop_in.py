# SPDX-License-Identifier: LGPL-2.1-or-later
"""drop_in.py - a module of ours that takes the place of one of gst-plugins-bad: processes that have the one or the other,
and two of upstream's webrtcbin that call each other.
"""
import os
import subprocess
import sys
import tempfile


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


class Module:
    """libgstPLUGIN.so in folder is ours; element is one of its elements."""

    def __init__(self, plugin, element, folder):
        self.plugin, self.element, self.folder = plugin, element, os.path.abspath(folder)
        self.path = os.path.join(self.folder, f'libgst{plugin}.so')

    def environment(self, ours):
        """What a process needs for our module, or for gst-plugins-bad's; each has a registry of its own."""
        env = dict(os.environ, GST_PLUGIN_PATH=self.folder if ours else '', GST_REGISTRY=os.path.join(
            tempfile.gettempdir(), f'rtc-{self.plugin}-{os.getpid()}-{ours}.reg'))
        env.pop('G_DEBUG', None)
        return env

    def find(self, env):
        """The file that the element comes from, or '' when there is none."""
        done = subprocess.run(['gst-inspect-1.0', self.element], env=env, capture_output=True, text=True, check=False)
        return next((line.split()[1] for line in done.stdout.splitlines() if 'Filename' in line), '')

    def check(self):
        """Both are there, and told apart."""
        ours, theirs = self.find(self.environment(True)), self.find(self.environment(False))
        assert ours == self.path, f'{self.element} comes from {ours}'
        if not theirs:
            skip(f'no GStreamer plugin "{self.plugin}" of gst-plugins-bad')
        assert theirs != ours, theirs
        print(f'ours is {ours}, the other {theirs}')

    def load(self, *others):
        """GStreamer in this process, with our module and others of ours; Gst, GstSdp, GstWebRTC."""
        os.environ.update(self.environment(True))
        os.environ['GST_PLUGIN_PATH'] = ':'.join(m.folder for m in (self, *others))
        import gi    # noqa: E402
        gi.require_version('Gst', '1.0')
        gi.require_version('GstSdp', '1.0')
        gi.require_version('GstWebRTC', '1.0')
        from gi.repository import Gst, GstSdp, GstWebRTC    # noqa: E402
        Gst.init(None)
        for module in (self, *others):
            path = Gst.ElementFactory.find(module.element).load().get_plugin().get_filename()
            assert path == module.path, path
        return Gst, GstSdp, GstWebRTC

    def clean(self):
        for ours in (True, False):
            path = self.environment(ours)['GST_REGISTRY']
            if os.path.exists(path):
                os.unlink(path)


class Webrtcbins:
    """Two webrtcbins in a pipeline, "a", which offers, and "b"; or "a" alone."""

    def __init__(self, libraries, description):
        self.gst, self.sdp, self.webrtc = libraries
        self.pipe = self.gst.parse_launch(f'pipeline.( {description} )')
        self.a, self.b = self.pipe.get_by_name('a'), self.pipe.get_by_name('b')
        for one, other in ((self.a, self.b), (self.b, self.a)) if self.b else ():
            one.connect('on-ice-candidate', lambda _, line, text, to: to.emit('add-ice-candidate', line, text), other)

    def ask(self, peer, action, argument):
        """Emits an action that answers by a promise; returns what it says."""
        promise = self.gst.Promise.new()
        peer.emit(action, argument, promise)
        promise.wait()
        return promise.get_reply()

    def describe(self, peer, kind):
        """Has peer make and apply an offer or answer; returns its text."""
        reply = self.ask(peer, f'create-{kind}', None)
        self.ask(peer, 'set-local-description', reply.get_value(kind))
        return peer.get_property('local-description').sdp.as_text()

    def apply(self, peer, kind, text):
        _, message = self.sdp.SDPMessage.new_from_text(text)
        description = self.webrtc.WebRTCSessionDescription.new(kind, message)
        self.ask(peer, 'set-remote-description', description)

    def negotiate(self):
        kinds = self.webrtc.WebRTCSDPType
        self.apply(self.b, kinds.OFFER, self.describe(self.a, 'offer'))
        self.apply(self.a, kinds.ANSWER, self.describe(self.b, 'answer'))

    def iterate(self):
        walk = self.pipe.iterate_recurse()
        while True:
            result, element = walk.next()
            if result == self.gst.IteratorResult.RESYNC:
                walk.resync()
            elif result == self.gst.IteratorResult.OK:
                yield element
            else:
                return

    def files_of(self, *names):
        """The modules that elements with these names of factories come from."""
        return {e.get_factory().get_plugin().get_filename() for e in self.iterate()
                if e.get_factory() and e.get_factory().get_name() in names}
