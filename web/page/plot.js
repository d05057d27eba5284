/** A small plot of a history: filled, without axes. */

/**
 * @param {HTMLCanvasElement} canvas drawn at the size that it has on the page
 * @param {number[]} values oldest first, from 0
 * @param {{color: string, top?: number}} options `top`: the value at the upper edge; default: the largest
 */
export function drawPlot(canvas, values, { color, top = Math.max(...values) }) {
  const scale = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (width === 0) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, width, height);
  const step = width / (values.length - 1);
  const y = (value) => height - scale - (top > 0 ? value / top : 0) * (height - 2 * scale);
  const line = new Path2D();
  values.forEach((value, index) => line.lineTo(index * step, y(value)));
  const area = new Path2D(line);
  area.lineTo(width, height);
  area.lineTo(0, height);
  context.fillStyle = color;
  context.globalAlpha = 0.2;
  context.fill(area);
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = scale;
  context.stroke(line);
}
