// The sun and four planets, moved by their gravitation; prints the energy before and after.
const solarMass = 4 * Math.PI ** 2;
const year = 365.24;
const bodies = [
  [[0, 0, 0], [0, 0, 0], 1],
  [[4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01],
   [1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05], 9.54791938424326609e-04],
  [[8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01],
   [-2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05], 2.85885980666130812e-04],
  [[1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01],
   [2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05], 4.36624404335156298e-05],
  [[1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01],
   [2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05], 5.15138902046611451e-05],
].map(([place, velocity, mass]) => ({place, velocity: velocity.map((v) => v * year), mass: mass * solarMass}));

const distance = (a, b) => Math.hypot(...a.place.map((x, i) => x - b.place[i]));

function energy() {
  let total = 0;
  bodies.forEach((a, i) => {
    total += a.mass * a.velocity.reduce((sum, v) => sum + v * v, 0) / 2;
    for (const b of bodies.slice(i + 1)) total -= a.mass * b.mass / distance(a, b);
  });
  return total;
}

function pull(a, b, step) {
  const dx = a.place[0] - b.place[0], dy = a.place[1] - b.place[1], dz = a.place[2] - b.place[2];
  const square = dx * dx + dy * dy + dz * dz;
  const magnitude = step / (square * Math.sqrt(square));
  a.velocity[0] -= dx * b.mass * magnitude;
  a.velocity[1] -= dy * b.mass * magnitude;
  a.velocity[2] -= dz * b.mass * magnitude;
  b.velocity[0] += dx * a.mass * magnitude;
  b.velocity[1] += dy * a.mass * magnitude;
  b.velocity[2] += dz * a.mass * magnitude;
}

function advance(step) {
  for (let i = 0; i < bodies.length; i++) {
    for (let j = i + 1; j < bodies.length; j++) pull(bodies[i], bodies[j], step);
  }
  for (const {place, velocity} of bodies) for (let i = 0; i < 3; i++) place[i] += step * velocity[i];
}

for (let i = 0; i < 3; i++) {
  bodies[0].velocity[i] = -bodies.reduce((sum, {velocity, mass}) => sum + velocity[i] * mass, 0) / solarMass;
}
console.log(energy().toFixed(9));
for (let i = 0; i < Number(process.argv[2]); i++) advance(0.01);
console.log(energy().toFixed(9));
