// Bodies that attract each other, by leapfrog steps: scalar doubles, divisions and square roots.
// Size: thousands of steps of eight bodies.
#include <math.h>

#include "kernel.h"

enum { kBodies = 8 };

struct Body {
  double position[3], velocity[3], mass;
};

static void Attract(struct Body* bodies, double step) {
  for (int i = 0; i < kBodies; ++i) {
    for (int j = i + 1; j < kBodies; ++j) {
      struct Body *a = &bodies[i], *b = &bodies[j];
      double apart[3], square = 1e-4;  // softened: near misses stay finite
      for (int k = 0; k < 3; ++k) {
        apart[k] = b->position[k] - a->position[k];
        square += apart[k] * apart[k];
      }
      const double pull = step / (square * sqrt(square));
      for (int k = 0; k < 3; ++k) {
        a->velocity[k] += apart[k] * (b->mass * pull);
        b->velocity[k] -= apart[k] * (a->mass * pull);
      }
    }
  }
}

static void Move(struct Body* bodies, double step) {
  for (int i = 0; i < kBodies; ++i) {
    for (int k = 0; k < 3; ++k) bodies[i].position[k] += bodies[i].velocity[k] * step;
  }
}

static double Energy(const struct Body* bodies) {
  double energy = 0;
  for (int i = 0; i < kBodies; ++i) {
    const struct Body* a = &bodies[i];
    for (int k = 0; k < 3; ++k) energy += a->mass * a->velocity[k] * a->velocity[k] / 2;
    for (int j = i + 1; j < kBodies; ++j) {
      double square = 1e-4;
      for (int k = 0; k < 3; ++k) {
        const double apart = a->position[k] - bodies[j].position[k];
        square += apart * apart;
      }
      energy -= a->mass * bodies[j].mass / sqrt(square);
    }
  }
  return energy;
}

int main(int argc, char** argv) {
  const long steps = KernelSize(argc, argv, 8000) * 1000;
  struct Body bodies[kBodies];
  for (int i = 0; i < kBodies; ++i) {  // a sun, and seven planets on tilted circles around it
    const double radius = 0.4 + 0.37 * i, speed = i ? 1 / sqrt(radius) : 0;
    const double sine = (double)((3 * i) % 5) / 5, cosine = sqrt(1 - sine * sine);
    bodies[i] = (struct Body){
        .position = {i ? radius * cosine : 0, i ? radius * sine : 0, 0.01 * i},
        .velocity = {-speed * sine, speed * cosine, 0.001 * i},
        .mass = i ? 1e-4 / (1 + i) : 1,
    };
  }
  printf("%.15f\n", Energy(bodies));
  for (long i = 0; i < steps; ++i) {
    Move(bodies, 0.0005);
    Attract(bodies, 0.001);
    Move(bodies, 0.0005);
  }
  printf("%.15f\n", Energy(bodies));
  uint64_t checksum = 0;
  for (int i = 0; i < kBodies; ++i) checksum = MixDouble(checksum, bodies[i].position[i % 3]);
  return PrintChecksum("n_body", checksum);
}
