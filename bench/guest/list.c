// Linked lists: nodes in an order that memory does not follow are walked, reversed and
// merge-sorted. Size: how many times over the list of 40,000 nodes, which the second-level cache
// can't quite hold.
#include "kernel.h"

enum { kNodes = 40000 };

struct Node {
  struct Node* next;
  uint64_t key;
  uint64_t payload;
};

static struct Node* MakeList(struct Node* nodes, uint64_t seed) {
  uint32_t* order = Allocate(kNodes * sizeof *order);
  for (uint32_t i = 0; i < kNodes; ++i) order[i] = i;
  for (uint32_t i = kNodes - 1; i > 0; --i) {
    const uint32_t j = (uint32_t)(NextRandom(&seed) % (i + 1)), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  struct Node* head = NULL;
  for (uint32_t i = 0; i < kNodes; ++i) {
    struct Node* node = &nodes[order[i]];
    *node = (struct Node){head, NextRandom(&seed), i};
    head = node;
  }
  free(order);
  return head;
}

static struct Node* Reverse(struct Node* head) {
  struct Node* reversed = NULL;
  while (head) {
    struct Node* next = head->next;
    head->next = reversed;
    reversed = head;
    head = next;
  }
  return reversed;
}

static struct Node* Merge(struct Node* a, struct Node* b) {
  struct Node *head, **tail = &head;
  while (a && b) {
    struct Node** smaller = a->key <= b->key ? &a : &b;
    *tail = *smaller;
    tail = &(*smaller)->next;
    *smaller = *tail;
  }
  *tail = a ? a : b;
  return head;
}

static struct Node* Sort(struct Node* head) {
  if (!head || !head->next) return head;
  struct Node *middle = head, *end = head->next;
  while (end && end->next) {
    middle = middle->next;
    end = end->next->next;
  }
  struct Node* second = middle->next;
  middle->next = NULL;
  return Merge(Sort(head), Sort(second));
}

static uint64_t Walk(const struct Node* head) {
  uint64_t sum = 0;
  for (const struct Node* node = head; node; node = node->next) sum = (sum ^ node->key) * 5 + 1;
  return sum;
}

int main(int argc, char** argv) {
  const long rounds = KernelSize(argc, argv, 80);
  struct Node* nodes = Allocate(kNodes * sizeof *nodes);
  struct Node* head = MakeList(nodes, 11);
  uint64_t checksum = 0;
  for (long round = 0; round < rounds; ++round) {
    for (int i = 0; i < 10; ++i) {
      head = Reverse(head);
      checksum = Mix(checksum, Walk(head));
    }
    head = Sort(head);
    checksum = Mix(checksum, Walk(head));
    for (struct Node* node = head; node; node = node->next) {
      node->key = node->key * 6364136223846793005u + node->payload;
    }
  }
  return PrintChecksum("list", checksum);
}
