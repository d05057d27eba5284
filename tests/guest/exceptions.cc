// C++: exceptions through many frames, iostreams, containers, static constructors, RTTI.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Tracer {
  explicit Tracer(std::string name) : name(std::move(name)) {}
  ~Tracer() { std::cout << "~" << name << "\n"; }
  std::string name;
};
Tracer global("global");

void Throw(int depth) {
  Tracer tracer("depth " + std::to_string(depth));
  if (depth == 0) throw std::runtime_error("from the bottom");
  Throw(depth - 1);
}

struct Base {
  virtual ~Base() = default;
  virtual std::string Name() const { return "base"; }
};
struct Derived : Base {
  std::string Name() const override { return "derived"; }
};

}  // namespace

int main() {
  try {
    Throw(3);
  } catch (const std::exception& e) {
    std::cout << "caught " << e.what() << "\n";
  }
  int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      if (i % 2 == 0) throw i;
      throw std::string("odd");
    } catch (int value) {
      caught += value;
    } catch (const std::string& text) {
      caught += static_cast<int>(text.size());
    }
  }
  std::cout << "total " << caught << "\n";
  try {
    std::vector<int>(3).at(7) = 1;
  } catch (const std::out_of_range&) {
    std::cout << "out of range\n";
  }
  try {
    std::unique_ptr<char[]> huge(new char[size_t{1} << 60]);
  } catch (const std::bad_alloc&) {
    std::cout << "bad alloc\n";
  }
  std::unique_ptr<Base> object = std::make_unique<Derived>();
  std::cout << object->Name() << " " << (dynamic_cast<Derived*>(object.get()) != nullptr) << "\n";
  std::map<std::string, int> words;
  std::istringstream input("the cat and the dog and the bird");
  for (std::string word; input >> word;) ++words[word];
  for (const auto& [word, count] : words) std::cout << word << "=" << count << " ";
  std::vector<double> numbers;
  for (int i = 0; i < 1000; ++i) numbers.push_back((i * 7919) % 1009 / 7.0);
  std::sort(numbers.begin(), numbers.end());
  std::cout << "\n" << numbers.front() << " " << numbers.back() << " " << std::hex << 255 << "\n";
  return 0;
}
