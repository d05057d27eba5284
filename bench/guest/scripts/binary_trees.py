"""Complete binary trees: many of small depth, few of great depth, one that lives long."""
import sys


def make(depth):
    return (make(depth - 1), make(depth - 1)) if depth else (None, None)


def count(tree):
    left, right = tree
    return 1 if left is None else 1 + count(left) + count(right)


def main():
    least, most = 4, int(sys.argv[1])
    print("stretch", most + 1, count(make(most + 1)))
    long_lived = make(most)
    for depth in range(least, most + 1, 4):
        trees = 1 << (most - depth + least)
        print(trees, depth, sum(count(make(depth)) for _ in range(trees)))
    print("long lived", most, count(long_lived))


main()
