"""The sun and four planets, moved by their gravitation; prints the energy before and after."""
import sys
from math import pi

SOLAR_MASS = 4 * pi * pi
YEAR = 365.24
BODIES = [  # place, velocity, mass
    ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], SOLAR_MASS),
    ([4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01],
     [1.66007664274403694e-03 * YEAR, 7.69901118419740425e-03 * YEAR, -6.90460016972063023e-05 * YEAR],
     9.54791938424326609e-04 * SOLAR_MASS),
    ([8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01],
     [-2.76742510726411899e-03 * YEAR, 4.99852801234917238e-03 * YEAR, 2.30417297573763929e-05 * YEAR],
     2.85885980666130812e-04 * SOLAR_MASS),
    ([1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01],
     [2.96460137564761618e-03 * YEAR, 2.37847173959480950e-03 * YEAR, -2.96589568540237556e-05 * YEAR],
     4.36624404335156298e-05 * SOLAR_MASS),
    ([1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01],
     [2.68067772490389322e-03 * YEAR, 1.62824170038242295e-03 * YEAR, -9.51592254519715870e-05 * YEAR],
     5.15138902046611451e-05 * SOLAR_MASS),
]


def pairs():
    return [(BODIES[i], BODIES[j]) for i in range(len(BODIES)) for j in range(i + 1, len(BODIES))]


def energy():
    total = sum(mass * sum(v * v for v in velocity) / 2 for _, velocity, mass in BODIES)
    for (a, _, mass_a), (b, _, mass_b) in pairs():
        total -= mass_a * mass_b / sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5
    return total


def advance(step, all_pairs):
    for (a, va, mass_a), (b, vb, mass_b) in all_pairs:
        dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
        magnitude = step * (dx * dx + dy * dy + dz * dz) ** -1.5
        of_a, of_b = mass_a * magnitude, mass_b * magnitude
        va[0] -= dx * of_b
        va[1] -= dy * of_b
        va[2] -= dz * of_b
        vb[0] += dx * of_a
        vb[1] += dy * of_a
        vb[2] += dz * of_a
    for place, velocity, _ in BODIES:
        for i in range(3):
            place[i] += step * velocity[i]


def main():
    for i in range(3):
        BODIES[0][1][i] = -sum(velocity[i] * mass for _, velocity, mass in BODIES) / SOLAR_MASS
    print(f"{energy():.9f}")
    all_pairs = pairs()
    for _ in range(int(sys.argv[1])):
        advance(0.01, all_pairs)
    print(f"{energy():.9f}")


main()
