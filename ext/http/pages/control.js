// control.js - mouse, keys and touch on a picture, sent to its source over the channel "control".
//
// The format is gstwebrtc-api's: {"id": N, "request": {"type": "navigationEvent", "event": {...}}},
// with positions in pixels of the picture and keys by their X names. Each request is answered.
// window.rtcControl is for tests and for the console: sent, answered, refused, isActive.

const MOST_WAITING = 65536;     // bytes: then moves are left out
const control = { sent: 0, answered: 0, refused: 0, isActive: false };

const BUTTONS = { mousedown: 'MouseButtonPress', mouseup: 'MouseButtonRelease' };
const TOUCHES = { touchstart: 'TouchDown', touchmove: 'TouchMotion', touchend: 'TouchUp', touchcancel: 'TouchUp' };
const KEYS = { keydown: 'KeyPress', keyup: 'KeyRelease' };

// The X names of keys that are called otherwise in a browser.
const NAMES = {
  ' ': 'space', Enter: 'Return', Backspace: 'BackSpace', ArrowLeft: 'Left', ArrowRight: 'Right',
  ArrowUp: 'Up', ArrowDown: 'Down', PageUp: 'Page_Up', PageDown: 'Page_Down', CapsLock: 'Caps_Lock',
  ShiftLeft: 'Shift_L', ShiftRight: 'Shift_R', ControlLeft: 'Control_L', ControlRight: 'Control_R',
  AltLeft: 'Alt_L', AltRight: 'Alt_R', MetaLeft: 'Super_L', MetaRight: 'Super_R',
};

function modifiers(event) {
  return [[event.shiftKey, 'shift-mask'], [event.ctrlKey, 'control-mask'], [event.altKey, 'mod1-mask'],
    [event.metaKey, 'meta-mask']].filter(([held]) => held).map(([, name]) => name).join('+');
}

// Of the picture inside of its letter box.
function position(video, at) {
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight) || 1;
  const inside = (value, most) => Math.min(Math.max(value, 0), most);
  return {
    x: inside((at.clientX - box.left - (box.width - video.videoWidth * scale) / 2) / scale, video.videoWidth),
    y: inside((at.clientY - box.top - (box.height - video.videoHeight * scale) / 2) / scale, video.videoHeight),
  };
}

// Sends what happens on video until the channel closes.
export function controlBy(channel, video) {
  let moved = null;     // the last move that has not been sent
  const ended = new AbortController();
  const options = { signal: ended.signal, passive: false };

  const send = (event) => {
    if (channel.readyState !== 'open')
      return;
    channel.send(JSON.stringify({ id: control.sent, request: { type: 'navigationEvent', event } }));
    control.sent += 1;
  };
  const flush = () => {
    if (moved)
      send(moved);
    moved = null;
  };
  const on = (names, handler) => names.forEach((name) => video.addEventListener(name, (event) => {
    event.preventDefault();
    event.stopPropagation();
    handler(event);
  }, options));

  on(['mousemove'], (event) => {
    if (channel.bufferedAmount > MOST_WAITING)
      return;
    if (!moved)
      requestAnimationFrame(flush);
    moved = { event: 'MouseMove', ...position(video, event), modifier_state: modifiers(event) };
  });
  on(Object.keys(BUTTONS), (event) => {
    flush();
    video.focus();
    send({ event: BUTTONS[event.type], button: event.button + 1, ...position(video, event),
      modifier_state: modifiers(event) });
  });
  on(['wheel'], (event) => {
    if (channel.bufferedAmount <= MOST_WAITING)
      send({ event: 'MouseScroll', ...position(video, event), delta_x: -event.deltaX,
        delta_y: -event.deltaY, modifier_state: modifiers(event) });
  });
  on(['contextmenu', 'dblclick'], () => {});
  on(Object.keys(TOUCHES), (event) => {
    for (const touch of event.changedTouches) {
      const pressure = /start|move/.test(event.type) && touch.force ? { pressure: touch.force } : {};
      send({ event: TOUCHES[event.type], identifier: touch.identifier, ...position(video, touch),
        ...pressure, modifier_state: modifiers(event) });
    }
    send({ event: 'TouchFrame', modifier_state: modifiers(event) });
  });
  on(Object.keys(KEYS), (event) => {
    const key = NAMES[event.code] || NAMES[event.key] || event.key;
    send({ event: KEYS[event.type], key, modifier_state: modifiers(event) });
  });

  channel.onmessage = ({ data }) => {
    const { type, error } = JSON.parse(data);
    if (type !== 'ControlResponseMessage')
      return;
    control.answered += 1;
    control.refused += error ? 1 : 0;
  };
  channel.onclose = () => {
    ended.abort();
    control.isActive = false;
  };
  video.tabIndex = 0;
  control.isActive = true;
}

window.rtcControl = control;
