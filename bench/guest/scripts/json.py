"""A structure to JSON and back, over and over."""
import json
import sys


def record(i):
    return {"number": i, "half": i / 2, "name": f"record {i}", "flags": [i % 2 == 0, None, i % 3],
            "text": "a \"quoted\" word and an ä" * (i % 4)}


def main():
    rounds = int(sys.argv[1])
    data = [record(i) for i in range(1000)]
    length = 0
    for _ in range(rounds):
        text = json.dumps(data)
        length += len(text)
        data = json.loads(text)
    print(rounds, length, sum(item["half"] for item in data))


main()
