// publisher-texts.js - what the publisher page says about failures: what happened and what to do.
//
// A failure is { code, title, text, retry, after }; all texts go into the page as text, never as HTML.

// What can go wrong on the way: what it means and what to do. retry: try again by itself.
export function explain({ code, text, after }) {
  const known = {
    0: ['The server does not answer', 'Is it still running, and is your network up? Trying again by itself.', true],
    400: ['The server did not understand the browser', text, false],
    403: ['This page may not send to the server', text, false],
    404: ['There is nobody to send to', 'The server takes no calls by that name. Check the address of this page.', true],
    406: ['No common codec', 'The server takes none of the codecs that this browser sends. Choose another '
      + 'one under "Advanced", or try another browser.', false],
    429: ['Too many tries', 'The server asks to wait a little. Trying again by itself.', true],
    503: ['The server is busy', 'It has as many callers as it takes. Trying again by itself.', true],
    504: ['The other side does not answer', 'The server is there, but not ready. Trying again by itself.', true],
    ice: ['The connection is lost', 'No path for sound and picture: the network is gone, a firewall blocks UDP, '
      + 'or a TURN server is needed. Trying again by itself.', true],
    browser: ['This browser cannot send', text, false],
  };
  const [title, explanation, retry] = known[code] || ['The call failed', text, true];
  return { code, title, text: explanation || '', retry, after };
}

// What getUserMedia and getDisplayMedia answer with.
export function explainMedia(error, screen) {
  const thing = screen ? 'the screen' : 'camera and microphone';
  const texts = {
    insecure: ['A secure address is needed', `Browsers give ${thing} only to pages that come by https or from `
      + `this very computer (http://localhost). This page came from ${location.origin}. Open it by https, or `
      + 'start the server with a certificate.'],
    NotAllowedError: screen
      ? ['No screen was chosen', 'Press "Start again" and choose a screen, a window or a tab to share.']
      : ['The browser was not allowed to use camera and microphone', 'Permission was denied. Allow both for '
        + 'this page (the icon beside the address), and see whether the system lets the browser use them. '
        + 'Then press "Start again".'],
    NotFoundError: ['There is no camera and no microphone', 'Plug one in, then press "Start again".'],
    NotReadableError: ['The camera or the microphone is busy', 'Another program may be using it, or it is '
      + 'switched off. Close that program, or choose another device below.'],
    OverconstrainedError: ['That device is gone', 'Choose another one below.'],
    none: ['Nothing to send', 'Choose a camera or a microphone below.'],
    unsupported: ['This browser cannot share the screen', 'Phones often cannot. Send the camera instead.'],
  };
  const code = !window.isSecureContext ? 'insecure' : error.name === 'AbortError' ? 'NotReadableError'
    : error.name === 'SecurityError' ? 'NotAllowedError' : error.name;
  const [title, text] = texts[code] || ['Camera or microphone cannot be used', String(error.message || error)];
  return { code, title, text, retry: false };
}
