// A pyramid of boxes that falls onto the ground and settles, by Debian's libbox2d.
#include <box2d/box2d.h>

#include <cstdio>
#include <cstdlib>

namespace {

constexpr int kRows = 30;
constexpr float kStep = 1.0F / 60;
constexpr int kVelocityIterations = 8, kPositionIterations = 3;

void AddGround(b2World& world) {
  b2BodyDef definition;
  b2EdgeShape shape;
  shape.SetTwoSided(b2Vec2(-100, 0), b2Vec2(100, 0));
  world.CreateBody(&definition)->CreateFixture(&shape, 0);
}

b2Body* AddBox(b2World& world, float x, float y) {
  b2BodyDef definition;
  definition.type = b2_dynamicBody;
  definition.position.Set(x, y);
  b2PolygonShape shape;
  shape.SetAsBox(0.5F, 0.5F);
  b2Body* body = world.CreateBody(&definition);
  body->CreateFixture(&shape, 5);
  return body;
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc == 2 ? std::atoi(argv[1]) : 0;
  if (steps <= 0) return 2;
  b2World world(b2Vec2(0, -10));
  AddGround(world);
  b2Body* top = nullptr;
  for (int row = 0; row < kRows; row++) {
    for (int i = 0; i < kRows - row; i++) {
      top = AddBox(world, -7 + 0.5625F * static_cast<float>(row) + 1.125F * static_cast<float>(i),
                   0.75F + 1.25F * static_cast<float>(row));
    }
  }
  for (int i = 0; i < steps; i++) world.Step(kStep, kVelocityIterations, kPositionIterations);
  std::printf("%d steps, %d contacts, top at %a %a\n", steps, world.GetContactCount(),
              static_cast<double>(top->GetPosition().x), static_cast<double>(top->GetPosition().y));
  return 0;
}
