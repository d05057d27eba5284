// Exceptions through frames and threads, std::thread and what belongs to it, the library's bigger
// parts.
#include <algorithm>
#include <any>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <semaphore>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

struct Noisy {
  explicit Noisy(int number) : number(number) {}
  ~Noisy() { std::printf("~%d ", number); }
  int number;
};

static int Deep(int depth) {
  const Noisy noisy(depth);
  if (depth == 0) throw std::out_of_range("bottom");
  return Deep(depth - 1) + 1;
}

static void Exceptions() {
  try {
    Deep(5);
  } catch (const std::logic_error& error) {
    std::printf("caught %s\n", error.what());
  }
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::invalid_argument("outer"));
    }
  } catch (const std::exception& error) {
    try {
      std::rethrow_if_nested(error);
    } catch (const std::exception& nested) {
      std::printf("%s of %s\n", nested.what(), error.what());
    }
  }
  try {
    (void)std::vector<int>().at(3);
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
  }
  try {
    (void)std::any_cast<int>(std::any(1.5));
  } catch (const std::bad_any_cast& error) {
    std::printf("%s\n", error.what());
  }
  try {
    (void)std::stoi("text");
  } catch (const std::invalid_argument& error) {
    std::printf("%s\n", error.what());
  }
  int thrown = 0;
  for (int i = 0; i < 2000; ++i) {
    try {
      if (i % 2) throw i;
      throw std::to_string(i);
    } catch (int number) {
      thrown += number;
    } catch (const std::string& text) {
      thrown += static_cast<int>(text.size());
    }
  }
  std::printf("thrown %d\n", thrown);
}

static void Threads() {
  std::mutex mutex;
  std::map<int, int> counts;
  std::atomic<long> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 0; n < 8; ++n) {
      threads.emplace_back([&, n] {
        for (int i = 0; i < 1000; ++i) {
          sum += i;
          const std::scoped_lock lock(mutex);
          ++counts[(i + n) % 10];
        }
      });
    }
  }
  std::printf("%ld %d %zu\n", sum.load(), counts[3], counts.size());
  std::vector<std::future<int>> futures;
  for (int n = 0; n < 6; ++n) {
    futures.push_back(std::async(std::launch::async, [n] {
      if (n == 4) throw std::runtime_error("from a thread");
      return n * n;
    }));
  }
  for (auto& future : futures) {
    try {
      std::printf("%d ", future.get());
    } catch (const std::exception& error) {
      std::printf("(%s) ", error.what());
    }
  }
  std::puts("");
  std::condition_variable ready;
  std::vector<int> queue;
  bool done = false;
  long consumed = 0;
  std::thread consumer([&] {
    for (;;) {
      std::unique_lock lock(mutex);
      ready.wait(lock, [&] { return done || !queue.empty(); });
      if (queue.empty()) return;
      consumed += queue.back();
      queue.pop_back();
    }
  });
  for (int i = 1; i <= 500; ++i) {
    const std::scoped_lock lock(mutex);
    queue.push_back(i);
    ready.notify_one();
  }
  {
    const std::scoped_lock lock(mutex);
    done = true;
  }
  ready.notify_all();
  consumer.join();
  std::printf("consumed %ld\n", consumed);
  std::unique_lock lock(mutex);
  std::printf("%d\n",
              ready.wait_for(lock, std::chrono::milliseconds(5)) == std::cv_status::timeout);
  std::latch latch(4);
  std::barrier barrier(4);
  std::counting_semaphore<2> semaphore(2);
  std::shared_mutex shared;
  std::atomic<int> inside = 0, most = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      latch.arrive_and_wait();
      for (int turn = 0; turn < 20; ++turn) {
        barrier.arrive_and_wait();
        semaphore.acquire();
        most = std::max(most.load(), ++inside);
        std::this_thread::yield();
        --inside;
        semaphore.release();
        const std::shared_lock reading(shared);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::printf("at most two inside: %d\n", most.load() <= 2);
  std::jthread stoppable([](std::stop_token stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
  });
  stoppable.request_stop();
  static thread_local int own = 7;
  std::thread([] { own = 9; }).join();
  std::printf("own %d\n", own);
}

static void Library() {
  std::mt19937_64 random(42);
  std::vector<std::uint64_t> values(20000);
  std::generate(values.begin(), values.end(), std::ref(random));
  std::sort(values.begin(), values.end());
  std::printf("%llu %d\n", static_cast<unsigned long long>(values[values.size() / 2]),
              std::binary_search(values.begin(), values.end(), values[77]));
  const std::regex pattern("([a-z]+)=([0-9]+)");
  const std::string text = "one=1, two=22; three=333";
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    std::cout << (*match)[1] << ':' << (*match)[2] << ' ';
  }
  std::cout << '\n';
  std::unordered_map<std::string, int> words;
  for (int i = 0; i < 20000; ++i) ++words["word" + std::to_string(i * 7919 % 1000)];
  std::ostringstream stream;
  stream << std::hex << words.size() << ' ' << std::fixed << 1.0 / 3 << ' ' << std::boolalpha
         << true;
  std::cout << stream.str() << '\n';
  namespace files = std::filesystem;
  files::create_directories("a/b/c");
  std::ofstream("a/b/file") << "contents";
  std::vector<files::path> found;
  for (const auto& entry : files::recursive_directory_iterator("a")) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  for (const files::path& path : found) std::cout << path << ' ';
  std::cout << files::file_size("a/b/file") << ' ' << files::remove_all("a") << std::endl;
  std::error_code error;
  (void)files::file_size("missing", error);
  std::cout << error.message() << std::endl;
  const std::variant<int, std::string> variant = "text";
  std::visit([](const auto& value) { std::cout << value << std::endl; }, variant);
}

int main() {
  Exceptions();
  Threads();
  Library();
  std::set_terminate([] {
    std::puts("terminate");
    std::fflush(stdout);
    std::abort();
  });
  std::thread([] { throw 1; }).join();
}
