// plot.js - numbers that come as JSON objects, {"load": 0.5, "fan": 1200}, as curves.
//
// window.rtcPlots is for tests and for the console: by label and name the values kept, newest last.

const MOST_VALUES = 240;
const MOST_CURVES = 16;
const SIZE = [240, 64];     // of a curve, CSS pixels
const plots = {};

// The numbers of one message; null when it is none of ours.
function read(text) {
  if (!text.startsWith('{'))
    return null;
  try {
    const numbers = Object.entries(JSON.parse(text)).filter(([, value]) => Number.isFinite(value));
    return numbers.length > 0 ? numbers : null;
  } catch {
    return null;
  }
}

function draw({ canvas, values, caption }, name) {
  const context = canvas.getContext('2d');
  const least = Math.min(...values);
  const span = Math.max(...values) - least || 1;
  const style = getComputedStyle(canvas);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = style.color;
  context.lineWidth = 2;
  context.beginPath();
  values.forEach((value, i) => context.lineTo(
    canvas.width * (1 - (values.length - 1 - i) / (MOST_VALUES - 1)),
    4 + (canvas.height - 8) * (1 - (value - least) / span)));
  context.stroke();
  caption.textContent = `${name} ${values[values.length - 1]}`;
}

function makeCurve() {
  const figure = document.createElement('figure');
  const canvas = document.createElement('canvas');
  const caption = document.createElement('figcaption');
  [canvas.width, canvas.height] = SIZE;
  figure.append(canvas, caption);
  document.getElementById('messages-plots').append(figure);
  return { canvas, caption, values: [] };
}

// Whether text was numbers, and so is drawn.
export function plot(label, text) {
  const numbers = read(text);
  if (!numbers)
    return false;
  for (const [key, value] of numbers) {
    const name = `${label} ${key}`;
    if (!plots[name] && Object.keys(plots).length >= MOST_CURVES)
      continue;
    plots[name] = plots[name] || makeCurve();
    plots[name].values = [...plots[name].values, value].slice(-MOST_VALUES);
    draw(plots[name], name);
  }
  return true;
}

window.rtcPlots = plots;
